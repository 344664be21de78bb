import { Component, onMounted, onWillUnmount, useRef, useState, xml } from "@odoo/owl";

// How far below the screen a part begins to load.
const AHEAD = "200px";

/** Renders what is in it once somebody scrolls to it. */
export class RetentionWhenSeen extends Component {
    static template = xml`
        <div t-ref="root" class="o_retention_when_seen" t-att-class="props.className">
            <t t-if="state.seen" t-slot="default" />
        </div>`;
    static props = { className: { type: String, optional: true }, slots: Object };

    setup() {
        this.root = useRef("root");
        this.state = useState({ seen: !window.IntersectionObserver });
        let observer = null;
        onMounted(() => {
            if (this.state.seen) {
                return;
            }
            observer = new IntersectionObserver(
                (entries) => {
                    if (entries.some((entry) => entry.isIntersecting)) {
                        this.state.seen = true;
                        observer.disconnect();
                    }
                },
                { rootMargin: AHEAD }
            );
            observer.observe(this.root.el);
        });
        onWillUnmount(() => observer?.disconnect());
    }
}

import { Activity as ActivityModel } from "@mail/core/common/activity_model";
import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { assignIn } from "@mail/utils/common/misc";
import { patch } from "@web/core/utils/patch";

patch(ActivityModel, {
    _insert(data) {
        const activity = super._insert(...arguments);
        assignIn(activity, data, ["can_log_talk"]);
        return activity;
    },
});

patch(ActivityMarkAsDone.prototype, {
    async onClickDoneAndTalk() {
        const { activity, close, onActivityChanged } = this.props;
        const { action: actionService, orm, "mail.store": store } = this.env.services;
        const thread = store.Thread.insert({ model: activity.res_model, id: activity.res_id });
        const action = await orm.call("mail.activity", "action_done_and_talk", [
            [activity.id],
            activity.feedback || false,
        ]);
        close?.();
        await actionService.doAction(action, { onClose: () => onActivityChanged(thread) });
        onActivityChanged(thread);
        await thread.fetchNewMessages();
    },
});

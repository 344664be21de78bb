import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_retention_tiers", {
    steps: () => [
        { trigger: ".o_menu_sections button:contains('Configuration')", run: "click" },
        { trigger: ".dropdown-item:contains('Tiers')", run: "click" },
        { trigger: ".modal .alert:contains('Your top 20 % bring 93 %')" },
        {
            trigger: ".modal .o_data_row:contains('Silver') .o_data_cell[name=min_amount]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row .o_field_widget[name=min_amount] input",
            run: "edit 300",
        },
        { trigger: ".modal .alert", run: "click" },
        {
            trigger:
                ".modal .o_data_row:contains('Silver') .o_data_cell[name=customer_count]:contains('2')",
        },
        {
            trigger:
                ".modal .o_data_row:contains('Standard') .o_data_cell[name=customer_count]:contains('0')",
        },
        { trigger: ".modal button[name=action_accept]", run: "click" },
        { trigger: ".o_kanban_group:contains('VIP') .o_kanban_record:contains('Eve')" },
        { trigger: ".o_kanban_group:contains('Silver') .o_kanban_record:contains('Ann')" },
        {
            trigger:
                ".o_kanban_record:contains('Ann'):contains('700.00 more for Gold') [role=progressbar]",
        },
        { trigger: ".o_kanban_group:contains('Standard'):not(:has(.o_kanban_record))" },
    ],
});

/** The dialog of an outcome in which "Saved" is chosen already. */
export const FILL_OUTCOME = [
    { trigger: ".modal .o_field_widget[name=outcome] .active:contains('Saved')" },
    {
        trigger: ".modal .o_field_widget[name=root_cause] .o_selection_badge:contains('Price')",
        run: "click",
    },
    { trigger: ".modal .o_field_widget[name=attempt] textarea", run: "edit Offered a new price" },
    { trigger: ".modal button[name=action_apply]", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

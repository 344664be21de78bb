import { useComponent } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";

/**
 * Opening the records of a block: one in a dialog, all in a list. For components of a form.
 *
 * @returns {{edit: Function, list: Function}}
 */
export function useBlocks() {
    const component = useComponent();
    const dialog = useService("dialog");
    const action = useService("action");
    return {
        async edit(block, entry = null) {
            const record = component.props.record;
            // What is typed but not saved would be lost when the form is loaded again.
            if (await record.save()) {
                dialog.add(FormViewDialog, {
                    resModel: block.res_model,
                    resId: entry ? entry.id : false,
                    title: block.label,
                    context: block.context,
                    onRecordSaved: () => record.model.load(),
                });
            }
        },
        list(block) {
            return action.doAction({
                type: "ir.actions.act_window",
                name: block.label,
                res_model: block.res_model,
                views: [
                    [false, "list"],
                    [false, "form"],
                ],
                domain: block.domain,
                context: block.context,
            });
        },
    };
}

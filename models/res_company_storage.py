from odoo import fields, models


class ResCompany(models.Model):
    """How long a company keeps what procedures did and what imports left; 0: for ever."""

    _inherit = "res.company"

    retention_keep_touches = fields.Integer(
        "Keep touches for (months)",
        help="Older touches are deleted. Those that a limit of touches, an open alert or a "
        "procedure under way still looks at stay. 0: keep all.",
    )
    retention_keep_mails = fields.Integer(
        "Keep texts of mails for (months)",
        help="Of older mails of procedures that have ended, the text is deleted; that they were "
        "sent, when and to whom stays. 0: keep all.",
    )
    retention_keep_scores = fields.Integer(
        "Keep changes of scores for (months)",
        help="Older changes of the RFM score are deleted; those of segment, stage, risk and tier "
        "stay: computations look back on them. 0: keep all.",
    )
    retention_keep_imports = fields.Integer(
        "Keep files of imports for (months)",
        help="Files and rows of older imports are deleted; what was imported stays. 0: keep all.",
    )

    _retention_keep_check = models.Constraint(
        "CHECK (COALESCE(retention_keep_touches, 0) >= 0 AND COALESCE(retention_keep_mails, 0) >= 0"
        " AND COALESCE(retention_keep_scores, 0) >= 0"
        " AND COALESCE(retention_keep_imports, 0) >= 0)",
        "A period in months is above zero, or zero to keep everything.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_keep_touches = fields.Integer(
        related="company_id.retention_keep_touches", readonly=False
    )
    retention_keep_mails = fields.Integer(related="company_id.retention_keep_mails", readonly=False)
    retention_keep_scores = fields.Integer(
        related="company_id.retention_keep_scores", readonly=False
    )
    retention_keep_imports = fields.Integer(
        related="company_id.retention_keep_imports", readonly=False
    )

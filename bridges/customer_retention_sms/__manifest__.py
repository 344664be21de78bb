{
    "name": "Customer Retention: SMS",
    "summary": "Procedures that write to customers by SMS, and SMS to owners of critical alerts",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "sms"],
    "data": [
        "views/retention_sop_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}

{
    "name": "Customer Retention: CRM",
    "summary": "Opportunities that procedures open, and procedures that opportunities start",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "crm"],
    "data": [
        "security/ir.model.access.csv",
        "views/retention_sop_views.xml",
    ],
    "auto_install": True,
}

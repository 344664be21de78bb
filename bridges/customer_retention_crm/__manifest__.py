{
    "name": "Customer Retention: CRM",
    "summary": "Opportunities that know their customer, that procedures open or that start them",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "crm"],
    "data": [
        "security/ir.model.access.csv",
        "data/sop_library_win_back.xml",
        "views/crm_lead_views.xml",
        "views/retention_sop_views.xml",
    ],
    "auto_install": True,
}

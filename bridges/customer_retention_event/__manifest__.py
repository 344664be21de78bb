{
    "name": "Customer Retention: Events",
    "summary": "Invite customers to events, and see who came",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "event"],
    "data": [
        "security/ir.model.access.csv",
        "data/sop_library_data.xml",
        "views/retention_enrollment_views.xml",
        "views/retention_sop_views.xml",
    ],
    "auto_install": True,
}

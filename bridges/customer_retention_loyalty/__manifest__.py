{
    "name": "Customer Retention: Coupons",
    "summary": "Coupons and points from procedures and tiers, and whether they were redeemed",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "loyalty"],
    "data": [
        "security/ir.model.access.csv",
        "data/sop_library_data.xml",
        "views/retention_sop_views.xml",
        "views/retention_enrollment_views.xml",
        "views/retention_tier_benefit_views.xml",
    ],
    "auto_install": True,
}

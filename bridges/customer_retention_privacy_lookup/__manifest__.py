{
    "name": "Customer Retention: Privacy",
    "summary": "Odoo's privacy lookup also finds, hands out and erases what Retention knows",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "privacy_lookup"],
    "data": ["views/privacy_lookup_views.xml"],
    "auto_install": True,
}

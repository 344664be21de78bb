{
    "name": "Customer Retention: Email Marketing",
    "summary": "Mass mailings count as touches, and mind who does not want them",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "mass_mailing"],
    "data": ["views/mailing_mailing_views.xml"],
    "auto_install": True,
}

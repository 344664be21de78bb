{
    "name": "Customer Retention: Margins",
    "summary": "The first tiers are proposed from what customers earn, where costs are known",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "sale_margin"],
    "auto_install": True,
}

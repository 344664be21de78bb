{
    "name": "Customer Retention: Ratings",
    "summary": "Ratings of customers as satisfaction answers",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "rating"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}

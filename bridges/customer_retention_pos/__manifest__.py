{
    "name": "Customer Retention: Point of Sale",
    "summary": "Sales at the till are purchases",
    "version": "19.0.1.0.0",
    "category": "Sales/Point of Sale",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "point_of_sale"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

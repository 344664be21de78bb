{
    "name": "Customer Retention: Helpdesk (Enterprise)",
    "summary": "Tickets of Odoo's Helpdesk among the signs of customers who may leave",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "helpdesk"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}

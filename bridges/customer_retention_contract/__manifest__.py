{
    "name": "Customer Retention: Contracts",
    "summary": "Contracts with customers are agreements of the customer file",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "AGPL-3",
    "depends": ["customer_retention", "contract"],
    "data": ["views/retention_agreement_views.xml"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}

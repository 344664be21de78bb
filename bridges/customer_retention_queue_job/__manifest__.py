{
    "name": "Customer Retention: Job Queue",
    "summary": "The nightly run as jobs, its customers in parts on several workers",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "queue_job"],
    "data": [
        "security/ir.model.access.csv",
        "security/retention_run_part_rules.xml",
        "data/queue_job_functions.xml",
    ],
    "auto_install": True,
}

{
    "name": "Customer Retention: Helpdesk SLA",
    "summary": "Missed service levels among the signs of customers who may leave",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "AGPL-3",
    "depends": ["customer_retention_helpdesk_mgmt", "helpdesk_mgmt_sla"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}

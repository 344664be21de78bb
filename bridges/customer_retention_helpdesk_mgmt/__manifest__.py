{
    "name": "Customer Retention: Helpdesk",
    "summary": "Tickets of the Helpdesk Management addon beside the customer's figures",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "AGPL-3",
    "depends": ["customer_retention", "helpdesk_mgmt"],
    "data": [
        "data/sop_library_data.xml",
        "views/retention_profile_views.xml",
        "views/helpdesk_ticket_stage_views.xml",
        "views/helpdesk_ticket_category_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_ticket_pain_views.xml",
        "views/retention_sop_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_retention_helpdesk_mgmt/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}

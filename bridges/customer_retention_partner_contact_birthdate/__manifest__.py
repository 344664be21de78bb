{
    "name": "Customer Retention: Birthdates",
    "summary": "The birthdate on a contact is a day to think of them",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "AGPL-3",
    "depends": ["customer_retention", "partner_contact_birthdate"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}

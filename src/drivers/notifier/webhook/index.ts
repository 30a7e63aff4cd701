export { createWebhookNotifier, type WebhookOptions } from './webhook.ts'

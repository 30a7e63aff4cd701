import { defineConfig } from 'baton-ml'

export default defineConfig({
  name: 'churn',
  memoryLimit: '384 MB',
})

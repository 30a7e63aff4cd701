import { gradientBoosting, training } from 'baton-ml'

import { features } from './features.ts'

/** Small trees, many of them: histories are sparse. The longer the silence, the likelier the loss, and never the reverse. */
export default training({
  target: 'churned',
  features,
  monotone: { recency_days: 1 },
  learner: gradientBoosting({ learningRate: 0.03, maxLeaves: 8 }),
})

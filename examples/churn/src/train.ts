import { blend, gradientBoosting, logisticRegression, training } from 'baton-ml'

import { features } from './features.ts'

/** A line and a forest see different things in sparse histories; their mean is steadier than either. */
export default training(() =>
  blend([logisticRegression({ features }), gradientBoosting({ features, learningRate: 0.05, maxLeaves: 8 })]),
)

import type { ModelTask } from '../../ports/model-runtime.ts'
import { type BinaryMetricName, binaryMetricNames } from './binary-metrics.ts'
import { type RegressionMetricName, regressionMetricNames } from './regression-metrics.ts'

/** What a metric is, for a person and for comparing two models. */
export interface MetricDefinition {
  readonly label: string
  /** `zero`: the nearer to zero the better. */
  readonly better: 'higher' | 'lower' | 'zero'
  readonly definition: string
  /** Why it can be undefined. */
  readonly undefinedWhen: string
}

const oneClass = 'The test rows have only one class.'
const noneSelected = 'No row is at or above the decision threshold.'

const binary: Readonly<Record<BinaryMetricName, MetricDefinition>> = {
  rocAuc: {
    label: 'ROC AUC',
    better: 'higher',
    definition:
      'The chance that a random positive row scores above a random negative one, ties counting half; 0.5 is chance. Hanley and McNeil (1982); scikit-learn roc_auc_score.',
    undefinedWhen: oneClass,
  },
  prAuc: {
    label: 'PR AUC',
    better: 'higher',
    definition:
      'Average precision: precision at every threshold, weighted by the gain in recall (step rule); the share of positives is chance. scikit-learn average_precision_score.',
    undefinedWhen: oneClass,
  },
  logLoss: {
    label: 'Log loss',
    better: 'lower',
    definition:
      'Mean of −ln(probability given to what happened), in nats; probabilities are clipped by 2.2e-16. scikit-learn log_loss.',
    undefinedWhen: 'There are no rows.',
  },
  brier: {
    label: 'Brier score',
    better: 'lower',
    definition: 'Mean of (probability − outcome)². Brier (1950); scikit-learn brier_score_loss.',
    undefinedWhen: 'There are no rows.',
  },
  ece: {
    label: 'ECE',
    better: 'lower',
    definition:
      'Expected calibration error: mean distance of the share of positives from the mean score over 15 equal-width bins, weighted by rows. Naeini, Cooper and Hauskrecht (2015). Above zero by chance alone, so it is shown beside its noise floor; its interval leans upwards for the same reason.',
    undefinedWhen: 'There are no rows.',
  },
  accuracy: {
    label: 'Accuracy',
    better: 'higher',
    definition: 'Share of rows on the right side of the decision threshold.',
    undefinedWhen: 'There are no rows.',
  },
  balancedAccuracy: {
    label: 'Balanced accuracy',
    better: 'higher',
    definition: 'Mean of recall and specificity; 0.5 is chance.',
    undefinedWhen: oneClass,
  },
  precision: {
    label: 'Precision',
    better: 'higher',
    definition: 'Share of positives among the rows at or above the decision threshold: TP / (TP + FP).',
    undefinedWhen: noneSelected,
  },
  recall: {
    label: 'Recall',
    better: 'higher',
    definition: 'Share of the positives that are at or above the decision threshold: TP / (TP + FN).',
    undefinedWhen: 'The test rows have no positive one.',
  },
  f1: {
    label: 'F1',
    better: 'higher',
    definition: 'Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).',
    undefinedWhen: 'No row is positive and none is at or above the decision threshold.',
  },
  specificity: {
    label: 'Specificity',
    better: 'higher',
    definition: 'Share of the negatives that are below the decision threshold: TN / (TN + FP).',
    undefinedWhen: 'The test rows have no negative one.',
  },
  mcc: {
    label: 'MCC',
    better: 'higher',
    definition: 'Matthews correlation of decision and outcome, from −1 to 1; 0 is chance. Matthews (1975).',
    undefinedWhen: 'All rows are of one class or on one side of the decision threshold.',
  },
  expectedCost: {
    label: 'Expected cost',
    better: 'lower',
    definition: 'Mean cost of one decision with the declared costs; below zero it is a gain. Elkan (2001).',
    undefinedWhen: 'No costs are declared.',
  },
}

const regression: Readonly<Record<RegressionMetricName, MetricDefinition>> = {
  mae: {
    label: 'MAE',
    better: 'lower',
    definition: 'Mean absolute error, in the unit of the target.',
    undefinedWhen: 'There are no rows.',
  },
  rmse: {
    label: 'RMSE',
    better: 'lower',
    definition: 'Root of the mean squared error, in the unit of the target; large errors weigh more than in MAE.',
    undefinedWhen: 'There are no rows.',
  },
  r2: {
    label: 'R²',
    better: 'higher',
    definition:
      '1 − squared error / squared deviation from the mean of the test rows; 0 is as good as that mean, below 0 worse. scikit-learn r2_score.',
    undefinedWhen: 'The target is constant on the test rows.',
  },
  bias: {
    label: 'Bias',
    better: 'zero',
    definition: 'Mean of predicted − actual, in the unit of the target; above zero the model predicts too much.',
    undefinedWhen: 'There are no rows.',
  },
  mape: {
    label: 'MAPE',
    better: 'lower',
    definition: 'Mean of |error / actual|, as a share.',
    undefinedWhen: 'The target is zero in some rows, where a relative error has no meaning.',
  },
  smape: {
    label: 'sMAPE',
    better: 'lower',
    definition: 'Mean of 2 |error| / (|actual| + |predicted|), from 0 to 2. Makridakis (1993).',
    undefinedWhen: 'There are no rows.',
  },
  medianAbsoluteError: {
    label: 'Median absolute error',
    better: 'lower',
    definition: 'Half of the rows have an absolute error of at most this, in the unit of the target.',
    undefinedWhen: 'There are no rows.',
  },
  p90AbsoluteError: {
    label: '90 % absolute error',
    better: 'lower',
    definition: 'Nine of ten rows have an absolute error of at most this, in the unit of the target.',
    undefinedWhen: 'There are no rows.',
  },
  expectedCost: {
    label: 'Expected cost',
    better: 'lower',
    definition: 'Mean over rows of the declared cost of one unit predicted too much or too little.',
    undefinedWhen: 'No costs are declared.',
  },
}

/** The metrics of a task by name, in the order of a report. */
export const metricDefinitions: Readonly<Record<ModelTask, Readonly<Record<string, MetricDefinition>>>> = {
  binary,
  regression,
}

export const metricNames: Readonly<Record<ModelTask, readonly string[]>> = {
  binary: binaryMetricNames,
  regression: regressionMetricNames,
}

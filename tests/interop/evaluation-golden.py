# Makes src/modules/evaluation/golden/scikit-learn.json: python tests/interop/evaluation-golden.py > that file.
# With a number, other rows: evaluation.test.ts compares them live.
import json, sys, numpy as np, sklearn
from sklearn import metrics as m
rng = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 20260112)
def binary(name, y, p, w=None):
    t = (p >= 0.5).astype(int)
    k = dict(sample_weight=w)
    r = dict(rocAuc=m.roc_auc_score(y,p,**k), prAuc=m.average_precision_score(y,p,**k), logLoss=m.log_loss(y,p,**k),
      brier=m.brier_score_loss(y,p,**k), accuracy=m.accuracy_score(y,t,**k), balancedAccuracy=m.balanced_accuracy_score(y,t,**k),
      precision=m.precision_score(y,t,**k), recall=m.recall_score(y,t,**k), f1=m.f1_score(y,t,**k),
      specificity=m.recall_score(y,t,pos_label=0,**k), mcc=m.matthews_corrcoef(y,t,**k))
    d = dict(name=name, scores=p.tolist(), labels=y.tolist(), metrics={a:float(b) for a,b in r.items()})
    if w is not None: d['weights']=w.tolist()
    return d
def regression(name, y, p, w=None):
    k = dict(sample_weight=w)
    r = dict(mae=m.mean_absolute_error(y,p,**k), rmse=m.root_mean_squared_error(y,p,**k), r2=m.r2_score(y,p,**k),
      mape=m.mean_absolute_percentage_error(y,p,**k), bias=float(np.average(p-y,weights=w)))
    d = dict(name=name, predicted=p.tolist(), actual=y.tolist(), metrics={a:float(b) for a,b in r.items()})
    if w is not None: d['weights']=w.tolist()
    return d
def sample(n, rate, decimals):
    y = (rng.random(n) < rate).astype(int); z = rng.normal(size=n) + 1.1*y
    return y, np.round(1/(1+np.exp(-z)), decimals)
y1,p1 = sample(120,.4,6); y2,p2 = sample(150,.15,1); y3,p3 = sample(90,.5,4)
p4 = np.array([0.,0.,1.,1.,.5,.5,.25]); y4=np.array([0,1,1,0,1,0,0])
ya = rng.normal(50,12,100).round(4); pa=(ya+rng.normal(1,5,100)).round(4)
print(json.dumps(dict(madeWith=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}; tests/interop/evaluation-golden.py',
  binary=[binary('no ties',y1,p1),binary('ties: scores of one decimal',y2,p2),binary('weights',y3,p3,rng.uniform(.2,3,90).round(4)),binary('scores of exactly 0 and 1',y4,p4)],
  regression=[regression('plain',ya,pa),regression('weights',ya,pa,rng.uniform(.2,3,100).round(4))]), separators=(",",":")))

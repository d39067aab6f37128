"""A small analysis: one campaign, one data set of simulated events, one process."""

import order as od

small = od.Analysis(name="small", id=1)
small.x.versions = {}
small.x.bash_sandboxes = []
small.x.cmssw_sandboxes = []

signal = od.Process(name="signal", id=1, xsecs={13: 1.0})
campaign = od.Campaign(name="run1_campaign", id=1, ecm=13, bx=25)
campaign.add_dataset(
    name="signal",
    id=1,
    processes=[signal],
    info={"nominal": od.DatasetInfo(keys=["/signal"], n_files=1, n_events=100)},
)

run1 = small.add_config(campaign, name="run1", id=1)
run1.add_process(signal)
run1.add_dataset(campaign.get_dataset("signal"))
run1.add_shift(name="nominal", id=0)
run1.add_category(name="incl", id=1, selection="cat_incl", label="inclusive")
run1.add_variable(name="hit1_pt", expression="Hit.pt[:,0]", null_value=-1, binning=(10, 0.0, 200.0), x_title="pT")
run1.x.default_calibrator = "scaled"
run1.x.default_selector = "one_hit"
run1.x.default_reducer = "cf_default"
run1.x.default_producer = "sums"
run1.x.default_hist_producer = "cf_default"
run1.x.default_variables = ("hit1_pt",)
run1.x.default_categories = ("incl",)
run1.x.get_dataset_lfns = lambda dataset, shift, key: [f"{dataset.name}_0.root"]
run1.x.get_dataset_lfns_sandbox = "NO_STR"
run1.x.luminosity = 1.0
run1.x.keep_columns = {
    "cf.ReduceEvents": {"run", "luminosityBlock", "event", "Hit.*", "mc_weight", "process_id", "category_ids"},
}

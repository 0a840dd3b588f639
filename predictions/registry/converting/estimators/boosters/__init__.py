"""Converters of gradient boosting: histograms of scikit-learn, LightGBM, XGBoost and CatBoost."""

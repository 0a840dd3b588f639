"""What runs and looks leave behind them."""

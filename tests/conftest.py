"""What every test stands on."""

import os

os.environ["WORKBENCH_STRICT_GEOMETRY"] = "1"  # an examination that fails is an error there
os.environ["WORKBENCH_STRICT_TEXTS"] = "1"  # a missing text is an error, in subprocesses too
os.environ["WORKBENCH_LANGUAGE"] = "en"  # whatever the machine speaks

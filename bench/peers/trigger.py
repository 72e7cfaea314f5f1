import os, sys, gitlab
gl = gitlab.Gitlab(os.environ['URL'], timeout=1, retry_transient_errors='retry' in sys.argv)
print(gl.projects.get(9, lazy=True).trigger_pipeline('master', os.environ['TOKEN']).id)

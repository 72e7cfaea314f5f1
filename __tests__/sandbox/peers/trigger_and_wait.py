"""Triggers a pipeline and waits for its end with nothing but the standard library, as many a CI script does.

Prints each new status; exits with 0 on success, else with 1 and the end of the first failed job's log.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

API = f"{os.environ['URL']}/api/v4/projects/{urllib.parse.quote('seed/app', safe='')}"


def request(path, fields=None):
    """The body of an answer; a POST where there are fields."""
    data = None if fields is None else urllib.parse.urlencode(fields).encode()
    headers = {"PRIVATE-TOKEN": os.environ["API"]}
    with urllib.request.urlopen(urllib.request.Request(API + path, data, headers), timeout=10) as answer:
        return answer.read()


def main(ref):
    fields = {"token": os.environ["TRIGGER"], "ref": ref, "variables[UPLOAD_TO_S3]": "true"}
    try:
        pipeline = json.loads(request("/trigger/pipeline", fields))
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code}: {json.loads(error.read())}")
    print(f"triggered {pipeline['id']}")
    status = None
    while status not in ("success", "failed", "canceled", "skipped"):
        before, status = status, json.loads(request(f"/pipelines/{pipeline['id']}"))["status"]
        if status != before:
            print(status)
        time.sleep(0.01)
    if status != "success":
        failed = json.loads(request(f"/pipelines/{pipeline['id']}/jobs?scope[]=failed"))[0]
        print(failed["name"], failed["failure_reason"])
        sys.exit(request(f"/jobs/{failed['id']}/trace").decode().splitlines()[-1])


main(sys.argv[1])

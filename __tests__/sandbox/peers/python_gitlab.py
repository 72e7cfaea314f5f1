"""The usual calls of python-gitlab, each with what came of it on a line: name, tab, result."""

import os

import gitlab

URL, API, TRIGGER = (os.environ[name] for name in ("URL", "API", "TRIGGER"))
gl = gitlab.Gitlab(URL, private_token=API)


def call(name, act):
    """Prints a call and its result, or the error of GitLab."""
    try:
        result = act()
    except gitlab.GitlabError as error:
        result = f"{type(error).__name__} {error.response_code} {error.error_message}"
    print(f"{name}\t{result}", flush=True)
    return result


def ids(items):
    return " ".join(str(item.get_id()) for item in items)


def auth():
    gl.auth()
    return gl.user.username


call("auth", auth)
call("version", lambda: gl.version()[0])
call("projects.list search", lambda: ids(gl.projects.list(search="app")))
call("projects.list membership", lambda: ids(gl.projects.list(membership=True, simple=True, iterator=True)))
call("projects.list namespaces", lambda: ids(gl.projects.list(search="seed", search_namespaces=True)))
call("projects.list keyset", lambda: ids(gl.projects.list(pagination="keyset", order_by="id", per_page=2, get_all=True)))
call("projects.get path", lambda: gl.projects.get("seed/app").id)
project = gl.projects.get(9)
call("branches.list", lambda: ids(project.branches.list(search="^feature")))
call("branches.get", lambda: project.branches.get("feature/x").name)
call("tags.list", lambda: ids(project.tags.list()))
call("commits.list", lambda: len(project.commits.list(ref_name="master")))
call("commits.get", lambda: project.commits.get("master").title)

trigger = project.triggers.create({"description": "from Python"})
call("triggers.create", lambda: f"{trigger.id} {trigger.token[:6]} {trigger.owner['username']}")
call("triggers.list", lambda: ids(project.triggers.list()))
call("triggers.get", lambda: project.triggers.get(31).description)
call("triggers.save", lambda: [setattr(trigger, "description", "changed"), trigger.save(), trigger.description][2])
call("triggers.delete", trigger.delete)
call("triggers.get again", lambda: project.triggers.get(trigger.id))

pipeline = call("trigger_pipeline", lambda: project.trigger_pipeline("master", TRIGGER, variables={"UPLOAD_TO_S3": "true"}).id)
call("trigger_pipeline unknown ref", lambda: project.trigger_pipeline("nope", TRIGGER))
call("trigger_pipeline wrong token", lambda: project.trigger_pipeline("master", "wrong"))
call("trigger_pipeline bad key", lambda: project.trigger_pipeline("master", TRIGGER, variables={"A-B": "1"}))
call("trigger_pipeline broken file", lambda: project.trigger_pipeline("broken", TRIGGER))
call("pipelines.create", lambda: project.pipelines.create({"ref": "master", "variables": [{"key": "A", "value": "1"}]}).source)
call("pipelines.create unknown ref", lambda: project.pipelines.create({"ref": "nope"}))
call("pipelines.list", lambda: ids(project.pipelines.list(ref="master", source="trigger", order_by="id", sort="desc")))
call("pipelines.list bad source", lambda: project.pipelines.list(source="nope"))
pipeline = project.pipelines.get(pipeline)
call("pipelines.get", lambda: f"{pipeline.status} {pipeline.name}")
call("jobs", lambda: " ".join(job.name for job in pipeline.jobs.list(include_retried=True)))
call("bridges", lambda: pipeline.bridges.list())
call("variables", lambda: [(each.key, each.variable_type) for each in pipeline.variables.list()])
call("test_report", lambda: pipeline.test_report.get().total_count)
call("test_report_summary", lambda: pipeline.test_report_summary.get().total["count"])

call("project jobs", lambda: len(project.jobs.list(per_page=2, page=1)))
call("project jobs, all pages", lambda: len(project.jobs.list(get_all=True, per_page=2)))
call("project jobs, keyset", lambda: len(project.jobs.list(pagination="keyset", order_by="id", per_page=2, get_all=True)))
build, upload = (next(job for job in pipeline.jobs.list() if job.name == name) for name in ("build_package", "upload_package"))
build = project.jobs.get(build.id)
call("jobs.get", lambda: build.artifacts_file["filename"])
call("jobs.trace", lambda: b"UPLOAD_TO_S3=true" in project.jobs.get(upload.id).trace())
call("jobs.artifacts", lambda: build.artifacts()[:2])
call("jobs.artifact", lambda: build.artifact("report.xml"))
call("artifacts.download", lambda: project.artifacts.download("master", "build_package")[:2])
call("artifacts.raw", lambda: project.artifacts.raw("master", "report.xml", "build_package"))
call("jobs.keep_artifacts", build.keep_artifacts)
call("jobs.delete_artifacts", build.delete_artifacts)
call("jobs.erase", build.erase)
call("jobs.erase again", build.erase)
call("jobs.retry", lambda: project.jobs.get(build.id).retry()["name"])
call("jobs.play", project.jobs.get(upload.id).play)
call("jobs.get unknown", lambda: project.jobs.get(1))

failed = project.trigger_pipeline("failing", TRIGGER)
call("pipeline.retry", lambda: failed.retry()["id"] == failed.id)
going = project.pipelines.create({"ref": "develop"})
call("pipeline.cancel", lambda: going.cancel()["status"])
call("job.cancel", lambda: project.jobs.get(build.id).cancel()["status"])
call("pipeline.delete", going.delete)
waiting = project.trigger_pipeline("feature/x", TRIGGER)
hand = project.jobs.get(next(job.id for job in waiting.jobs.list() if job.name == "build_package"))
call("jobs.play manual", lambda: [hand.status, hand.play(), project.jobs.get(hand.id).status][::2])

schedule = project.pipelineschedules.create({"description": "Nightly", "ref": "master", "cron": "30 0 * * *", "active": False})
call("schedules.create", lambda: f"{schedule.id} {schedule.ref} {schedule.active}")
call("schedules.create bad cron", lambda: project.pipelineschedules.create({"description": "x", "ref": "master", "cron": "soon"}))
call("schedules.create unknown ref", lambda: project.pipelineschedules.create({"description": "x", "ref": "gone", "cron": "0 0 * * *"}))
call("schedules.save", lambda: [setattr(schedule, "active", True), schedule.save(), schedule.active][2])
call("schedules.variables.create", lambda: schedule.variables.create({"key": "A", "value": "1"}).value)
call("schedules.variables.update", lambda: schedule.variables.update("A", {"value": "2"})["value"])
call("schedules.get", lambda: project.pipelineschedules.get(schedule.id).attributes["variables"])
number = schedule.get_id()
call("schedules.play", schedule.play)
call("schedules pipelines", lambda: len(gl.http_list(f"/projects/9/pipeline_schedules/{number}/pipelines")))
# python-gitlab has put the answer to play in the place of the schedule's own attributes.
schedule = project.pipelineschedules.get(number)
call("schedules.take_ownership", schedule.take_ownership)
call("schedules.variables.delete", lambda: schedule.variables.delete("A"))
call("schedules.list", lambda: ids(project.pipelineschedules.list()))
call("schedules.delete", schedule.delete)

call("no login", lambda: gitlab.Gitlab(URL).projects.get(9))
call("wrong token", lambda: gitlab.Gitlab(URL, private_token="wrong").auth())
call("job token", lambda: gitlab.Gitlab(URL, job_token=os.environ["JOB"]).projects.get(9, lazy=True).pipelines.get(pipeline.id).id == pipeline.id)

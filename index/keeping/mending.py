"""All of an index checked, and what is derived from the corpus mended by making it anew."""

from index.errors import CorpusError, IndexMismatchError, IndexNotBuiltError
from index.keeping import doctor
from index.keeping.doctor import Finding
from index.keeping.engines import OpenBuild
from index.keeping.writing import Writing
from index.reports import Progress


def examined(writing: Writing, progress: Progress) -> list[Finding]:
    """Check everything, mend what is derived from the corpus, and return what was found."""
    with writing.builds.writing():
        faults = _database_faults(writing)
        try:
            return _examined(writing, faults, progress)
        except IndexMismatchError as error:
            if faults or error.code != "damaged":
                raise
            return _examined(writing, [str(error.__cause__ or error)], progress)


def _examined(writing: Writing, faults: list[str], progress: Progress) -> list[Finding]:
    """Check and mend all; where the database has faults, it is made anew."""
    if faults:
        writing.builds.close()
        writing.begin_anew()
        writing.builds.current().save()
    build, folder = writing.builds.current(), writing.settings.corpus_dir
    with build.sound():
        vectors, terms = _vectors(build), _terms(build)
        if changed := doctor.changed_unseen(folder, build.store):
            build.store.set_signatures(dict.fromkeys(changed, ""))
        reports = writing.bring_up(progress)
        build.store.prune()
        return [
            doctor.finding("database", faults, well="whole", remedy="made anew"),
            *(vectors, terms),
            *doctor.documents(reports, len(build.store.files())),
            *doctor.sidecars(folder),
            doctor.leftovers(writing.builds.leftovers(build.name)),
        ]


def _database_faults(writing: Writing) -> list[str]:
    try:
        store = writing.builds.current().store
    except IndexNotBuiltError:
        return ["there was none"]
    except (IndexMismatchError, CorpusError) as error:
        return [str(error.__cause__ or error)]
    writing.embedder.check(store)
    if store.token_means is None and writing.embedder.model.has_token_vectors:
        return ["there are no token codes"]
    return store.faults() or store.hindrances()


def _terms(build: OpenBuild) -> Finding:
    build.store.refresh_terms()
    faults = build.store.terms_faults()
    if faults:
        build.store.make_terms_anew()
    return doctor.finding("terms", faults, well="those of the texts", remedy="made anew")


def _vectors(build: OpenBuild) -> Finding:
    faults = build.vector_faults()
    if faults:
        build.read_vectors_anew()
    return doctor.finding("vectors", faults, well="those of the database", remedy="written anew")

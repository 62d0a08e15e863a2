//! The programs we measure ourselves against: which are here, how they are got, and what each is asked for.
//! Each is set up as it is cheapest: one thread (several cost more processor time), no cache, and half the
//! colour resolution, as ours.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{
    jobs::{Job, Kind, LONG_EDGE},
    ours,
};
use crate::{
    shell::{check, program, succeeds},
    system,
};

/// Debian's names of what comes from there.
const PACKAGES: &[&str] =
    &["fontconfig", "ghostscript", "imagemagick", "libvips-tools", "poppler-utils", "python3-venv"];
const SHARP: &str = "sharp@0.35.5";
const IMG2PDF: &str = "img2pdf==0.6.3";

/// Who does a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    /// Ours, each run a process.
    Ours,
    /// Ours, the second job of a process.
    OursWarm,
    Vips,
    /// libvips inside node, each run a process.
    Sharp,
    /// The same, the second job of a process.
    SharpWarm,
    Magick,
    Ghostscript,
    Img2pdf,
    /// What reading the source and writing the result cost at least.
    Floor,
}

impl Tool {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ours | Self::OursWarm => "ours",
            Self::Vips => "vipsthumbnail",
            Self::Sharp | Self::SharpWarm => "sharp",
            Self::Magick => "ImageMagick jpeg:extent",
            Self::Ghostscript => "Ghostscript /ebook",
            Self::Img2pdf => "img2pdf",
            Self::Floor => "floor",
        }
    }

    /// Those who can do jobs of a kind.
    pub(super) fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Picture => &[
                Self::Ours,
                Self::Vips,
                Self::OursWarm,
                Self::SharpWarm,
                Self::Sharp,
                Self::Magick,
                Self::Floor,
            ],
            Kind::Pdf => &[Self::Ours, Self::Ghostscript, Self::Floor],
            Kind::Merge => &[Self::Ours, Self::Img2pdf],
        }
    }
}

/// The peers that are here.
pub(super) struct Peers {
    folder: PathBuf,
    magick: Option<&'static str>,
    vips: bool,
    ghostscript: bool,
    sharp: bool,
    img2pdf: bool,
}

/// Installs what may be installed, and says what to run for the rest.
pub(super) fn ready(folder: &Path) -> Peers {
    let told = |what: &str, outcome: Result<()>| {
        if let Err(error) = outcome {
            println!("   {what} is left out: {error:#}");
        }
    };
    told("what is missing", system::packages(PACKAGES));
    let mut peers = Peers {
        folder: folder.to_path_buf(),
        // By the name of the program itself: `convert` may be somebody's script.
        magick: ["convert-im6.q16", "magick", "convert"]
            .into_iter()
            .find(|name| succeeds(program(name).arg("-version"))),
        vips: succeeds(program("vipsthumbnail").arg("--vips-version")),
        ghostscript: succeeds(program("gs").arg("--version")),
        sharp: false,
        img2pdf: false,
    };
    told("sharp", peers.install_sharp());
    told("img2pdf", peers.install_img2pdf());
    peers.sharp = peers.sharp_folder().join("node_modules/sharp").exists();
    peers.img2pdf = succeeds(program(peers.img2pdf_program()).arg("--version"));
    peers
}

impl Peers {
    fn sharp_folder(&self) -> PathBuf {
        self.folder.join("sharp")
    }

    fn img2pdf_program(&self) -> PathBuf {
        self.folder.join("venv").join("bin/img2pdf")
    }

    fn install_sharp(&self) -> Result<()> {
        let folder = self.sharp_folder();
        fs::create_dir_all(&folder).context("could not make a folder for sharp")?;
        fs::write(folder.join("job.cjs"), include_str!("sharp.cjs")).context("could not write its job")?;
        if folder.join("node_modules/sharp").exists() {
            return Ok(());
        }
        let mut npm = program("npm");
        check(npm.arg("install").arg("--prefix").arg(&folder).args([
            "--no-audit",
            "--no-fund",
            "--silent",
            SHARP,
        ]))
    }

    fn install_img2pdf(&self) -> Result<()> {
        if self.img2pdf_program().exists() {
            return Ok(());
        }
        let venv = self.folder.join("venv");
        check(program("python3").args(["-m", "venv"]).arg(&venv))?;
        check(program(venv.join("bin/pip")).args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            IMG2PDF,
        ]))
    }

    /// How `tool` does `job`, or `None` where it is not here.
    pub(super) fn command(&self, tool: Tool, job: &Job, corpus: &Path, target: &Path) -> Option<Command> {
        let sources: Vec<PathBuf> = job.sources.iter().map(|source| corpus.join(source)).collect();
        let source = sources.first()?;
        let edge = format!("{LONG_EDGE}x{LONG_EDGE}");
        let command = match tool {
            Tool::Ours | Tool::OursWarm => own(tool, job, &sources, target),
            Tool::Floor => {
                let mut command = program(ours("measure"));
                command.arg("floor").arg(source);
                command
            }
            Tool::Vips => {
                let mut command = program(self.vips.then_some("vipsthumbnail")?);
                let target = format!("{}[Q=90,subsample_mode=on,strip]", target.display());
                command.env("VIPS_CONCURRENCY", "1").arg(source).args(["--size", &edge, "-o", &target]);
                command
            }
            Tool::Sharp | Tool::SharpWarm => {
                let mut command = program(self.sharp.then_some("node")?);
                command.arg(self.sharp_folder().join("job.cjs")).args([source, target]);
                command.args([LONG_EDGE, if tool == Tool::SharpWarm { "warm" } else { "once" }]);
                command
            }
            Tool::Magick => {
                let mut command = program(self.magick?);
                command.env("MAGICK_THREAD_LIMIT", "1").arg(source);
                // Without a quality it would fill the limit: another job, which cannot be compared.
                command.args(["-auto-orient", "-resize", &edge, "-strip", "-quality", "90"]);
                command.args(["-define", "jpeg:extent=2000000B"]);
                command.arg(target);
                command
            }
            Tool::Ghostscript => {
                let mut command = program(self.ghostscript.then_some("gs")?);
                command.args(["-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", "-dPDFSETTINGS=/ebook"]);
                command.arg(format!("-sOutputFile={}", target.display())).arg(source);
                command
            }
            Tool::Img2pdf => {
                let mut command = program(self.img2pdf.then(|| self.img2pdf_program())?);
                command.args(&sources).arg("-o").arg(target);
                command
            }
        };
        Some(command)
    }
}

fn own(tool: Tool, job: &Job, sources: &[PathBuf], target: &Path) -> Command {
    let mut command = program(ours("measure"));
    if job.kind == Kind::Merge {
        command.arg("bind").arg(target).args(sources);
        return command;
    }
    command.arg("fit").args(sources).arg(target);
    if job.kind == Kind::Picture {
        command.args(["--long-edge", LONG_EDGE]);
    }
    if tool == Tool::OursWarm {
        command.arg("--warm");
    }
    command
}

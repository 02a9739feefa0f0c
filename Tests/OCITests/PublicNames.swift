/// The images that two public services publish on CVMFS, as their lists name them (November 2026). A `*` makes a pattern of a name.
enum PublicNames {
    /// [`docker_images.txt`](https://github.com/opensciencegrid/cvmfs-singularity-sync) of the Open Science Grid.
    static let openScienceGrid = """
        debian:latest debian:stable debian:testing debian:unstable ubuntu:latest fedora:latest rockylinux:8
        python:latest python:3.4 gcc:latest julia:latest r-base:latest continuumio/anaconda gromacs/gromacs:*
        rocker/r-ver:latest lammps/lammps:stable_29Sep2021_centos7_openmpi_py3
        pytorch/pytorch:1.12.1-cuda11.3-cudnn8-devel pytorch/pytorch:1.13.0-cuda11.6-cudnn8-devel
        nvidia/opencl:runtime-ubuntu16.04 opensciencegrid/osg-3.3-wn-el6 opensciencegrid/osg-3.3-wn-el7
        opensciencegrid/osg-wn:3.3-el7 opensciencegrid/osg-wn:3.3-el6 opensciencegrid/osg-wn:3.3-testing-el7
        opensciencegrid/osg-wn:3.3-devel-el7 hub.opensciencegrid.org/htc/debian:12
        hub.opensciencegrid.org/htc/deeplabcut:3.0.0rc4 hub.opensciencegrid.org/htc/freesurfer:8.1.0
        hub.opensciencegrid.org/htc/gromacs:2023.4 hub.opensciencegrid.org/htc/gromacs:2024.2
        hub.opensciencegrid.org/htc/matlab-runtime:R2023a hub.opensciencegrid.org/htc/minimal:0
        hub.opensciencegrid.org/htc/pytorch:2.3.1-cuda11.8 hub.opensciencegrid.org/htc/rocky:8
        hub.opensciencegrid.org/htc/rocky:9 hub.opensciencegrid.org/htc/rocky:8-cuda-11.0.3
        hub.opensciencegrid.org/htc/rocky:9-cuda-12.6.0 hub.opensciencegrid.org/htc/scikit-learn:1.3
        hub.opensciencegrid.org/htc/tensorflow:2.15 hub.opensciencegrid.org/htc/ubuntu:20.04
        hub.opensciencegrid.org/htc/ubuntu:22.04 hub.opensciencegrid.org/htc/ubuntu:24.04 opensciencegrid/npjoodi
        opensciencegrid/osgvo-ants opensciencegrid/osgvo-beagle opensciencegrid/osgvo-biomedinfo
        opensciencegrid/osgvo-blaylockbk opensciencegrid/osgvo-debian-10:latest opensciencegrid/osgvo-el6
        opensciencegrid/osgvo-el6-cuda opensciencegrid/osgvo-el6-feltus opensciencegrid/osgvo-el7
        opensciencegrid/osgvo-el7-cuda10:* opensciencegrid/osgvo-el8 opensciencegrid/osgvo-el9
        opensciencegrid/osgvo-freesurfer:* opensciencegrid/osgvo-gromacs:* opensciencegrid/osgvo-gromacs-gpu
        opensciencegrid/osgvo-gromacs-plumed opensciencegrid/osgvo-julia:* opensciencegrid/osgvo-matlab-runtime:*
        opensciencegrid/osgvo-opensim:latest opensciencegrid/osgvo-psi4:latest
        opensciencegrid/osgvo-quantum-espresso:* opensciencegrid/osgvo-r:* opensciencegrid/osgvo-raspa2:*
        opensciencegrid/osgvo-torch opensciencegrid/osgvo-ubuntu-18.04 opensciencegrid/osgvo-ubuntu-20.04
        opensciencegrid/osgvo-ubuntu-xenial opensciencegrid/osgvo-ucsd-grover:latest opensciencegrid/osgvo-xenon:*
        opensciencegrid/tensorflow:* opensciencegrid/tensorflow-gpu:* paesanilab/psi4:latest pegasus/osg-el7:latest
        rinnocente/qe-full-6.2.1:latest rynge/einsteintoolkit:latest rynge/sra:latest rynge/osg-mcf10-mod:latest
        rynge/osg-tensorflow-gpu:latest rynge/respicio:latest rynge/tensorflow-cowsay:latest ssthapa/freesurferosg:5.1
        ssthapa/freesurferosg:5.3 ssthapa/freesurferosg:6.0 ssthapa/freesurferosg:latest lukasheinrich/folding:*
        foldingathome/fah-gpu:* djw8605/fah-gpu:* djw8605/rnamake:* krespicio/network-ga:*
        deltarod/peaklearnerslurm:v2 aahong/osg_fcc_text adwasser/slomo agladstein/data_science_popgen_notebook:*
        agladstein/msprime:latest agladstein/simprily:latest agladstein/simprily:version1
        agladstein/simprily_autobuild amogan/larcv2:ub20.04-cuda11.0-pytorch1.7.1-larndsim-cvmfs
        anniesoft/toolanalysis anniesoft/wcsim anniesoft/genie3 anniesoft/g4dirt arburks/aris-convert:latest
        areias/viral-mutation:latest arnaudbecheler/quetzal-nest:* arnaudbecheler/quetzal-eggs:*
        arnaudbecheler/quetzal-open-science-grid:* blaylockbk/miniconda3_osg:latest blibgober/pdf_converter:latest
        bpschenke/ipglasma:latest cailmdaley/sptlab:osg* cathrine98/osg-clarkson_mondal:latest cathrine98/osg-beast2
        cathrine98/r-vmanthena:latest christinalk/slim:latest chunshen1987/iebe-music:*
        chunshen1987/ipglasmaframework:* clkwisconsin/spacetimer:latest cnatzke/griffin_2photon_sim:*
        cnatzke/griffin_simulation:* cnatzke/ntuple:* cnatzke/ntuple2eventtree_2photon:* cnatzke/prepare_files:*
        cnatzke/grsisort:* dmbala/r-3.4.1 dmbala/r-ebcrimage drtmfigy/hjets_herwig7 econtal/numpy-mkl:latest
        efajardo/osgvo-nsides:latest efajardo/astroflow:latest evbauer/mesa_lean:10108.01
        evbauer/mesa_lean:r22.05.1.01 ghcr.io/devinbayly/ros_noetic_ouster:latest grassla/osg_testing:latest
        goodgolden5/randy:6.0 goodgolden5/randy:7.0 habg/lammps_sw0:23Jun2022 huckb/clas6sim:latest
        jamessaxon/postgres-routing:latest jamessaxon/postgres-routing:a0 jasoncpatton/qutip_kwant:v1.2
        jborrel00/pyccx-ubuntu16:latest jborrel00/pyccx-ubuntu16:development jiahe58/tensorflow:latest
        jonlam/osg_ubuntu:latest jml230/osg-amber:* justbennet/seas:lidar kai2019/osg-fsl:latest
        k3jph/torch-diffeq:latest k3jph/python-optimization:latest leofang/cthyb-ohmic m8zeng/julia-packages
        hub.opensciencegrid.org/matyasosg/testimage:v4 mfrayer/perl-stats molssi/qcarchive_worker_openff:*
        nathanjmcl/gpaw-vdw-repository:latest nipy/mindboggle nkern/21cmfast_env npanicker/r-desolve:*
        npavlovikj/prokevo:latest npcooley/heron:latest npcooley/esm:* npcooley/synextend:* npcooley/taxalogue:0.0.2
        docker.opencarp.org/opencarp/opencarp:latest parabola505/geospatxgboost:* rafaelnalin/r-ver-openblas:latest
        rasa/rasa:latest rasa/rasa:2.8.15 rasa/rasa-x:latest relugzosiraba/kwant_adaptive:v1
        relugzosiraba/juqbox_env:v1 relugzosiraba/juqbox_env:v2 researchcomputing/namd_212_multicore_osgvo-el6:latest
        shilpac/my_mindboggle showmic09/dream3d:6.5.121 sjmay/zephyr:latest snirgaz/osg_julia:latest
        ssrujanaa/catsanddogs:latest sswiston/revbayes:* syavuz/tidyrstan:latest syavuz/modelcomparison:v1
        sylabsio/lolcow:latest teamcompas/compas:* vedularaghu/unet_wf:latest weiminghu123/panen:default weiphy/skopt
        xevra/gwalk:* xevra/sparse_kernel_docker:latest xevra/sparse_kernel_docker:RIFT
        xevra/sparse_kernel_docker:stable xwcl/xpipeline:* yxfu93/julia:latest ppaschos/koto-dev:latest
        chiehlin0212/koto-dev:latest sickleinafrica/bcftools:1.11 sickleinafrica/plink1.9:1.9
        sickleinafrica/r-tidyverse-qqman:latest sickleinafrica/beagle:5.4 sickleinafrica/eagle2:latest
        lifebitai/shapeit4:latest lifebitai/impute2:latest biocontainers/vcftools:v0.1.16-1-deb_cv1
        rhughwhite/minimac3:2.0.1 biocontainers/minimac4:v1.0.0-2-deb_cv1 nnesquivelr/decam_proc_base:*
        dxando/rift-container:latest mascencio/al9g4bnb:latest mascencio/ratpac2:latest carriganm95/uproot:latest
        physino/gears physino/mingle physino/heprapp physino/root:* ankushumn/rsatest mintproject/ankush:latest
        mintproject/base-ubuntu16:latest mintproject/base-ubuntu18:latest mintproject/floodseverityindex:*
        mintproject/cycles:* mintproject/dssat:* mintproject/economic:* mintproject/kimetrica:* mintproject/pihm:*
        mintproject/hand:* mintproject/sentinel:* mintproject/pihm2cycles:* mintproject/weather-generator:*
        mintproject/mintviz:* mintproject/modflow-2005:* mintproject/topoflow:* mintproject/droughtindices:*
        xenonnt/base-environment:* xenonnt/montecarlo:* xenonnt/osg_dev:* busybox alpine cyverse/rsem-prepare
        pycbc/pycbc-el7:v1.16.12 pycbc/pycbc-el7:v1.18.3 pycbc/pycbc-el8:v2.3.* pycbc/pycbc-el8:v2.8.*
        pycbc/pycbc-el8:v2.11.* pycbc/pycbc-el8:latest bbockelm/cms:rhel6 bbockelm/cms:rhel7 cmssw/cms:rhel6
        cmssw/cms:rhel7 cmssw/cms:rhel8 cmssw/cms:rhel9 cmssw/cms:rhel6-x86_64 cmssw/cms:rhel7-x86_64
        cmssw/cms:rhel8-x86_64 cmssw/cms:rhel9-x86_64 cmssw/cms:rhel10-x86_64 cmssw/cms:rhel8-aarch64
        cmssw/cms:rhel9-aarch64 cmssw/cms:rhel10-aarch64 cmssw/cms:rhel8-ppc64le cmssw/cms:rhel6-itb
        cmssw/cms:rhel7-itb cmssw/cms:rhel8-itb cmssw/cms:rhel9-itb cmssw/cms:rhel6-itb-x86_64
        cmssw/cms:rhel7-itb-x86_64 cmssw/cms:rhel8-itb-x86_64 cmssw/cms:rhel9-itb-x86_64 cmssw/cms:rhel10-itb-x86_64
        cmssw/cms:rhel8-itb-aarch64 cmssw/cms:rhel9-itb-aarch64 cmssw/cms:rhel10-itb-aarch64
        cmssw/cms:rhel8-itb-ppc64le cmssw/cms:rhel6-m* cmssw/cms:rhel7-m* cmssw/cms:rhel8-m*
        efajardo/docker-cms:tensorflow kreczko/workernode:centos6 kreczko/workernode:centos7 clelange/slc5-cms:latest
        cmsl1tanalysis/cmsl1t-dev:* cmsl1tanalysis/cmsl1t:* fastml/triton-torchgeo:22.07-py3-geometric
        lincolnbryant/atlas-wn atlas/analysisbase:21.2.4 atlas/athanalysis:21.2.4 chekanov/centos7hepsim
        rjones30/gluex rjones30/gluexpro8 rjones30/gluextest markito3/gluex_docker_devel markito3/gluex_docker_prod
        jeffersonlab/gluex_prod:v1 jeffersonlab/gluex_devel:latest jeffersonlab/gluex_almalinux_9:latest
        wipac/fasig_scalable_radio_array wipac/npx-el6:latest wipac/npx-el6:test wipac/skylab:1.0.0
        wipac/pyglidein-el8-cuda11:main icecube/icetray-ml:icetray-v1.8.1-cuda11.8-cudnn8-graphnet-ubuntu22.04-devel
        icecube/icetray-base:devel-rocky8-cuda11.8.0-cudnn8 icecube/icetray-base:devel-ubuntu22.04-cuda11.8.0-cudnn8
        poldracklab/fmriprep nipreps/fmriprep:20.2.1 nipreps/fmriprep:23.0.0 nxdens/fmriprep-afni:1.0 evolinc/rmta:1.6
        evolinc/evolinc-i:1.6 dajunluo/deepvariant discoenv/osg-word-count:1.0.0 discoenv/osg-test:latest
        cyverse/osg-gl:1.0 jbustamante35/testphytoshell:phytoshell evolinc/osg-rmta:2.1 evolinc/osg-evolinc-i:1.7.4
        evolinc/osg-rmta:2.5 evolinc/osg-rmta:2.6.3 cyverse/ngmlr:0.2.7 jeffersonlab/clas12software:production
        jeffersonlab/clas12software:devel jeffersonlab/remoll:latest jeffersonlab/remoll:develop
        jeffersonlab/japan:latest jeffersonlab/japan:develop sugwg/dbrown:* sugwg/dfinstad:* sugwg/prp:*
        duncanabrown/nicer:* chaitanyaafle/nicer:* brainlife/mrtrix3:3.0_RC3 brainlife/mcr:neurodebian1604-r2017a
        brainlife/mcr:r2019a fermilab/fnal-wn-el9:* fermilab/fnal-wn-el8:* fermilab/fnal-wn-sl7:*
        fermilab/fnal-wn-sl6:* fermilab/fnal-dev-sl7:* fermilab/benchmark:*
        ghcr.io/novaexperiment/el7-tensorflow-gpu:latest ghcr.io/novaexperiment/nova-sl7-novat2k:2020-10-27_freeze
        ghcr.io/novaexperiment/nova-sl7-novat2k:aborttest ghcr.io/novaexperiment/nova-sl7-novat2k:latest
        ghcr.io/novaexperiment/nova-sl7-novat2k:nightmare ghcr.io/novaexperiment/nova-sl7-novat2k:novatest
        ghcr.io/novaexperiment/nova-sl7-novat2k:poissondata ghcr.io/novaexperiment/nova-sl7-novat2k:v1_nonorms
        ghcr.io/novaexperiment/nova-sl7-novat2k:v2_withnorms
        ghcr.io/novaexperiment/nova-sl7-novat2k:v3_realnddata_cosmics
        ghcr.io/novaexperiment/nova-sl7-novat2k:v4_fixcosmicsrock ghcr.io/novaexperiment/nova-sl7-novat2k:v5_setasimov
        ghcr.io/novaexperiment/nova-sl7-novat2k:v6c_nightmareplus ghcr.io/novaexperiment/nova-sl7-novat2k:v7_pvalue
        ghcr.io/novaexperiment/nova-sl7-novat2k:scaledasimov ghcr.io/novaexperiment/sl7:latest
        ghcr.io/novaexperiment/sl7:master ghcr.io/novaexperiment/sl7:mini ghcr.io/novaexperiment/sl7:mpichdiy
        ghcr.io/novaexperiment/sl7:v1.1.0 ghcr.io/novaexperiment/slf67:latest
        egoodman/t2knova_mach3_configdata:PostBANFF egoodman/mach3_binned_osc:PostBanff egoodman/mach3_pvalue:latest
        astrand/holosim astrand/popassemble astrand/foundadmix htcondor/htmap-exec:*
        hub.opensciencegrid.org/htcondor/hpc-annex-pilot:el8 hub.opensciencegrid.org/htcondor/hpc-annex-pilot:latest
        kwwette/lalsuite:* containers.ligo.org/lscsoft/bayeswave:latest containers.ligo.org/lscsoft/bayeswave:v1.0.6
        containers.ligo.org/lscsoft/bayeswave:v1.0.7 containers.ligo.org/lscsoft/bayeswave:v1.1.2
        containers.ligo.org/lscsoft/gstlal:master containers.ligo.org/lscsoft/gstlal:osg-dev
        containers.ligo.org/gstlal/o4a-containers:cvmfs1 containers.ligo.org/gstlal/o4a-containers:cvmfs2
        containers.ligo.org/gstlal/o4b-containers:cvmfs1 containers.ligo.org/gstlal/o4b-containers:cvmfs2
        containers.ligo.org/calibration/gstlal-calibration:gstlal-calibration-1.5.10-v1
        containers.ligo.org/snax/snax:v0.5.1 containers.ligo.org/snax/snax:v0.5.2
        containers.ligo.org/aei-tgr/cvmfs-images/pseob:envs containers.ligo.org/aei-tgr/cvmfs-images/pseob:fti-latest
        containers.ligo.org/aei-tgr/cvmfs-images/pseob:rd-latest
        containers.ligo.org/aei-tgr/cvmfs-images/pseob:testing
        containers.ligo.org/aei-tgr/cvmfs-images/seob-rom:latest containers.ligo.org/aei-tgr/cvmfs-images/seob-rom:v5
        containers.ligo.org/computing/rucio/containers/rucio-clients:latest
        containers.ligo.org/computing/distributed/igwn-pool-exorciser/gpu_burn:latest
        containers.ligo.org/cwinpy/cwinpy-containers/cwinpy-dev-python38:latest
        containers.ligo.org/pystamp/pystampas:latest ghcr.io/ml4gw/hermes/tritonserver:22.02
        ghcr.io/ml4gw/hermes/tritonserver:22.07 ghcr.io/ml4gw/hermes/tritonserver:22.12
        ghcr.io/ml4gw/hermes/tritonserver:23.01 ghcr.io/ml4gw/hermes/tritonserver:24.01 ghcr.io/ml4gw/pinto:main
        containers.ligo.org/link/pre-merger-software/gravelamps:python-3.10
        containers.ligo.org/link/pre-merger-software/gravelamps:python-3.11
        containers.ligo.org/link/pre-merger-software/gravelamps:python-3.12
        containers.ligo.org/link/pre-merger-software/golum_pipe:python-3.10 atanasi/darkmatter:latest
        atanasi/matlab:v97 containers.ligo.org/alan.knee/lal-images/lalsuite-fstatbinary:latest
        containers.ligo.org/cody.messick/container:latest
        containers.ligo.org/colm.talbot/bilby-pipe-image-sandbox/bilby-pipe-production-python311:latest
        containers.ligo.org/colm.talbot/bilby-pipe-image-sandbox/gwpopulation-python311:latest
        containers.ligo.org/echoes-model-independent/bayeswave-echoes-image:v1.0.7_echoes_reviewed
        containers.ligo.org/james-clark/bayeswave:latest containers.ligo.org/james-clark/bayeswave:test
        containers.ligo.org/james-clark/bilby_pipe_public:latest
        containers.ligo.org/james-clark/research-projects-rit/containers-rift_o4b_jl-chadhenshaw-teobresums_eccentric:latest
        containers.ligo.org/james-clark/research-projects-rit/rift:latest
        containers.ligo.org/james-clark/research-projects-rit/rift:production
        containers.ligo.org/james-clark/research-projects-rit/rift:test
        containers.ligo.org/james-clark/tgr_images/lalsuite-master:latest
        containers.ligo.org/james-clark/tgr_images/testing_gr_fta:latest
        containers.ligo.org/joshua.willis/pycbc:latest
        containers.ligo.org/junjiezhao/tgr-ssb-docker-image/bilby_tgr:latest
        containers.ligo.org/karl-wette/lalsuite-containers:7.26.2.15fff1bf87f1bf6b283aadeb6f5a21df39350e4f.cuda-build1
        containers.ligo.org/karl-wette/lalsuite-containers:7.26.2.15fff1bf87f1bf6b283aadeb6f5a21df39350e4f.src-build1
        containers.ligo.org/karl-wette/lalsuite-containers:7.26.2.dev20250814-build2
        containers.ligo.org/karl-wette/lalsuite-containers:7.26.2.e17f0a58054912da8a14a7f87505839783664e63.src-build1
        containers.ligo.org/lmxbcrosscorr/containers:crosscorr-lattice-dev-clean
        containers.ligo.org/maria-antonia.ferrer/bilby-pyfstat-container:69998c5f185b9d66c0f2df2366f4fc4788d9ac36
        containers.ligo.org/narola.bharatbhai/tgr-docker-image/bilby_tgr:latest
        containers.ligo.org/nihar.gupte/dingo-ci/dingo:latest
        containers.ligo.org/rhys.poulton/cw-frequencyhough-image:escape-datalake
        containers.ligo.org/rhys.poulton/cw-frequencyhough-image:latest
        containers.ligo.org/rodrigo.tenorio/skyhough-post-processing:master
        containers.ligo.org/tessa.carver/pygrb_o3a:latest
        containers.ligo.org/tomasz.baka/tgr-docker-image/bilby_tgr:latest
        containers.ligo.org/yannick.lecoeuche/glitch-pe-container/glitch-pe:latest lucarvirgo/tensorflowmatlab:latest
        containers.ligo.org/alicia.calafat/cw-lensing-population:lensing-v1 valetov/beam_track:* valetov/cosy:*
        valetov/cosy-glyfada:* valetov/g4bl:* valetov/gm2dev:* valetov/glyfada:* egstern/centos7-synergia2:*
        egstern/sl7-synergia2:* egstern/ubuntu1804-synergia2:* mu2e/synergia:v0 egstern/wn-synergia2:latest
        paolobeltrame/mu3e:v5.5 paolobeltrame/mu3e:v6.2 paolobeltrame/mu3e:v6.2pol paolobeltrame/mu3e:v6.2ph0pol
        rtikid/python2-numpy-scipy-sympy-neuron-brian2-netpyne-inspyred-pyabf
        rtikid/python3-numpy-scipy-sympy-neuron-brian2-netpyne-inspyred-pyabf wrenchproject/task-clustering:*
        fasthep/fast-hep-docker:version-0.2.0 eventhorizontelescope/hops:* mjanssen2308/symba:latest
        mjanssen2308/symba:513f44b290d992213fb21e99515b0f0440f0d477 ttrent808/ray:* ehtcon/img-env:* ehtcon/mcfe-env:*
        ehtcon/theory-env:* nrstickley/jsp_apps:* amnh/osgimages:* amnh/herpetology-pseudo-it:*
        amnh/herpetology_iqtree_r_quibl:* agitter/singe:latest notredamedulac/el7-tensorflow-pytorch:latest
        notredamedulac/el7-pytorch-gpu:latest notredamedulac/el7-tensorflow-keras-gpu:latest
        notredamedulac/el7-jax-gpu:ubuntu notredamedulac/el7-deepshere-gpu:latest beckermr/stackvana:latest
        jinnian/automl:2dunet jinnian/automl-osg:2dunet luxzeplin/base_os:centos7 luxzeplin/base_os:rocky9_3
        luxzeplin/offline_hosted:rocky9_3 bardelch/jetscape-deploy:* bardelch/jetscape-compiled:*
        amitkr2410/jetscape-compiled:* dananjaya92/jetscape-compiled:* jetscape/base:* mythril/myth
        nguyenatrowan/pytorch tylern4/clas6:latest opengatecollaboration/gate:8.2 opengatecollaboration/gate:9.0
        snowmass21software/delphes-osg:* michaelwcoughlin/ztfperiodic:latest michaelwcoughlin/fiesta:latest
        michaelwcoughlin/fiesta-gpu:latest nsarinastro/redback-jax:latest nsarinastro/redback-jax:gpu
        intel/oneapi-hpckit e1039/e1039-sl7 lmlepin9/slf7-ubcode-gallery-fmwk:2.3
        jagault/evolution-photosymbiosis:rscriptv3.5.3 gapscr/crane:1.6.4 ericmjonas/osg:* jcha40/chexmix:latest
        jcha40/python_env:latest jasonkwan/autometa:latest reedcompbio/omics-integrator-1:latest
        jeffersonlab/japan-moller:nightly reedcompbio/omics-integrator-1:no-conda reedcompbio/omics-integrator-2:v2
        reedcompbio/pathlinker:latest reedcompbio/meo:latest reedcompbio/mincostflow:latest reedcompbio/domino:latest
        reedcompbio/allpairs:latest reedcompbio/py4cytoscape:v2 reedcompbio/tiedie:latest
        reedcompbio/random-walk-with-restart:latest comses/osg-netlogo:* ncbi/pgap:2022-04-14.build6021
        ghcr.io/star-bnl/star-sw ghcr.io/star-bnl/star-sw:SL23f ghcr.io/star-bnl/star-sw:SL23e
        ghcr.io/star-bnl/star-sw:SL23d ghcr.io/star-bnl/star-sw:SL23c ghcr.io/star-bnl/star-sw:SL23b
        ghcr.io/star-bnl/star-sw:SL23a ghcr.io/star-bnl/star-sw:SL22c ghcr.io/star-bnl/star-sw:SL22b
        ghcr.io/star-bnl/star-sw:SL22a ghcr.io/star-bnl/star-sw:SL21d ghcr.io/star-bnl/star-sw:SL21c
        ghcr.io/star-bnl/star-sw:SL21b ghcr.io/star-bnl/star-sw:SL21a ghcr.io/star-bnl/star-sw:SL20c
        ghcr.io/star-bnl/star-sw:SL19e ghcr.io/star-bnl/star-sw:SL19b redtopexp/redtop:* houpengg/fphlm:*
        pegasus/1000genome-workflow:latest pegasus/montage-workflow-v3:latest h2oai/h2o-open-source-k8s:latest
        ecpe4s/e4s-oneapi:25.06 ecpe4s/e4s-cuda:25.06 ecpe4s/e4s-cpu:25.06 whit2333/eic-slic:latest
        argonneeic/evochain:v* argonneeic/fpadsim:v* eicweb/eic_xl:nightly eicweb/eic_cuda:nightly
        eicweb/eic_dev_cuda:nightly eicweb/eic_xl:*-stable ghcr.io/eic/eic_ci:nightly ghcr.io/eic/eic_xl:nightly
        ghcr.io/eic/eic_xl:25.11.2-stable ghcr.io/eic/eic_xl:25.07.0-stable ghcr.io/eic/eic_cuda:nightly
        ghcr.io/eic/eic_dev_cuda:nightly raygunkennesaw/tensorflow:1.2.0-py3 amenon83/my-topas:v1 dunescience/sim2x2:*
        dunescience/machinelearning:spine-latest
        """
    /// [`recipe.yaml`](https://github.com/cvmfs/images-unpacked.cern.ch) of `unpacked.cern.ch`, as far as it is public.
    static let unpacked = """
        https://registry.hub.docker.com/library/centos:centos7 https://registry.hub.docker.com/engineren/ilcsoft:test
        https://registry.hub.docker.com/uegede/weather:latest https://registry.hub.docker.com/ville761/af2:latest
        https://registry.hub.docker.com/ville761/af2:gapTrick https://registry.hub.docker.com/dseitova/bars-image:v2
        https://registry.hub.docker.com/stimela/cubicalddf:1.4.6
        https://registry.hub.docker.com/stimela/breizorro:1.7.1 https://registry.hub.docker.com/stimela/ddfacet:1.7.0
        https://registry.hub.docker.com/stimela/montage:1.7.1-dev
        https://registry.hub.docker.com/stimela/cubical:1.6.7 https://registry.hub.docker.com/stimela/rm-tools:1.6.9-1
        https://registry.hub.docker.com/stimela/ragavi:1.7.3 https://registry.hub.docker.com/stimela/shadems:1.7.1
        https://registry.hub.docker.com/stimela/owlcat:1.6.6 https://registry.hub.docker.com/stimela/pybdsf:1.6.6
        https://registry.hub.docker.com/stimela/pybdsf:1.6.6 https://quay.io/stimela/rfimasker:1.7.0
        https://quay.io/stimela/tricolour:1.5.0 https://quay.io/stimela/msutils:1.4.6
        https://quay.io/stimela/msutils:1.6.9 https://quay.io/stimela/casa:1.7.1 https://quay.io/stimela/aegean:v1.1.3
        https://quay.io/stimela/wsclean:1.7.7 https://quay.io/stimela/cubical:1.7.7
        https://quay.io/stimela/meqtrees:1.7.2
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/htcondor-wn:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/wlcg-wn:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/linc-wn:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/h4leptons:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/snakemake_arcane:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/snakemake-wn:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/caracal_container:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/caracal_container_new_stimela:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/lqcd_analysis:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/astro-ml:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/simulation-wn:latest
        https://gitlab-p4n.aip.de:5005/compute4punch/container-stacks/presto:latest
        https://registry.hub.docker.com/ligerlac/cicada:1.0-gpu
        https://registry.hub.docker.com/mzrdocker/openmpi_alpine:latest
        https://ghcr.io/watonomous/actions-runner-image:* https://ghcr.io/dluitz/bonn-comp-phys-c--dev:main
        https://registry.hub.docker.com/fastml/triton-torchgeo:22.07-py3-geometric
        https://nvcr.io/nvidia/tritonserver:24.11-py3
        https://registry.hub.docker.com/yongbinfeng/tritonserver:rhel8.9_v4
        https://registry.hub.docker.com/vllm/vllm-openai:latest
        https://registry.hub.docker.com/xlzdg3/xlzd_sandbox_offline_release:latest
        """
}

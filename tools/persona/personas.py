"""The shipped synthetic people."""

from __future__ import annotations

from tools.persona.identity import Brows, Cloth, Eyes, Hair, Identity, Shape, Skin

MARA = Identity(
    name="mara",
    shape=Shape(
        jaw_width=-0.9, cheekbones=0.5, cheek_fullness=0.1, nose_width=-0.35, nose_length=-0.1, nose_bridge=0.25,
        lip_fullness=0.55, mouth_width=0.0, eye_size=0.8, eye_tilt=0.5, brow_height=0.25, brow_ridge=-0.8,
        face_length=-0.3, chin=0.0, chin_width=-0.6, neck_width=-1.2, ear_size=-0.6,
    ),
    skin=Skin(base=(0.50, 0.31, 0.205), redness=0.5, lip=(0.40, 0.155, 0.135), freckles=0.25, mottling=0.6, pores=0.75,
              age=0.22, oil=0.55, seed=11),
    eyes=Eyes(iris=(0.075, 0.036, 0.014), iris_inner=(0.16, 0.085, 0.03), sclera=0.56),
    brows=Brows(colour=(0.020, 0.013, 0.009), thickness=0.8, density=1.0, height=0.1),
    hair=Hair(style="pulled_back", colour=(0.030, 0.017, 0.010), strands=70000, hairline=0.0),
    cloth=Cloth(colour=(0.055, 0.115, 0.115)),
    lashes=0.92,
    seed=101,
)  # fmt: skip
ANSELM = Identity(
    name="anselm",
    shape=Shape(
        jaw_width=0.35, cheekbones=0.1, cheek_fullness=0.25, nose_width=0.35, nose_length=0.7, nose_tip=0.3,
        nose_bridge=0.6, lip_fullness=-0.75, mouth_width=0.3, eye_size=-0.35, eye_tilt=-0.7, brow_height=-0.1,
        brow_ridge=0.7, face_length=0.5, chin=0.3, chin_width=0.4, neck_width=0.3, ear_size=0.9,
    ),
    skin=Skin(base=(0.63, 0.43, 0.345), redness=0.85, lip=(0.47, 0.235, 0.21), freckles=0.5, mottling=0.9, pores=0.9,
              age=1.0, stubble=0.22, oil=0.45, seed=23),
    eyes=Eyes(iris=(0.10, 0.16, 0.20), iris_inner=(0.19, 0.22, 0.20), sclera=0.53),
    brows=Brows(colour=(0.10, 0.085, 0.07), thickness=1.15, density=1.05),
    hair=Hair(style="receding", colour=(0.10, 0.085, 0.07), grey=0.75, length_cm=2.6, strands=52000, hairline=0.85),
    cloth=Cloth(colour=(0.05, 0.065, 0.11)),
    lashes=0.75,
    seed=202,
)  # fmt: skip
INES = Identity(
    name="ines",
    shape=Shape(
        jaw_width=-0.55, cheekbones=0.8, cheek_fullness=0.35, nose_width=0.75, nose_length=-0.35, nose_tip=-0.1,
        nose_bridge=-0.7, lip_fullness=1.15, mouth_width=0.35, eye_size=0.7, eye_spacing=0.35, eye_tilt=0.3,
        brow_height=0.2, brow_ridge=-0.7, face_length=-0.35, chin=-0.1, chin_width=-0.4, neck_width=-1.3, ear_size=-0.7,
    ),
    skin=Skin(base=(0.185, 0.094, 0.056), redness=0.35, lip=(0.21, 0.075, 0.065), freckles=0.05, mottling=0.55,
              pores=0.5, age=0.06, oil=0.85, seed=37),
    eyes=Eyes(iris=(0.035, 0.016, 0.008), iris_inner=(0.07, 0.032, 0.014), sclera=0.47),
    brows=Brows(colour=(0.010, 0.008, 0.007), thickness=0.85, density=1.1),
    hair=Hair(style="coils", colour=(0.012, 0.009, 0.008), length_cm=2.3, strands=60000),
    cloth=Cloth(colour=(0.33, 0.20, 0.045)),
    lashes=0.95,
    seed=303,
)  # fmt: skip
TOMAS = Identity(
    name="tomas",
    shape=Shape(
        jaw_width=0.5, cheekbones=0.35, cheek_fullness=-0.2, nose_width=0.1, nose_length=0.3, nose_tip=0.1,
        nose_bridge=0.7, lip_fullness=0.1, mouth_width=0.1, eye_size=-0.1, eye_spacing=-0.3, eye_tilt=-0.1,
        brow_height=-0.2, brow_ridge=0.8, face_length=0.35, chin=0.3, chin_width=0.5, neck_width=0.4, ear_size=0.1,
    ),
    skin=Skin(base=(0.40, 0.235, 0.15), redness=0.45, lip=(0.34, 0.15, 0.125), freckles=0.15, mottling=0.65, pores=0.85,
              age=0.45, stubble=0.4, oil=0.65, seed=41),
    eyes=Eyes(iris=(0.06, 0.032, 0.014), iris_inner=(0.13, 0.075, 0.03), sclera=0.53),
    brows=Brows(colour=(0.012, 0.009, 0.008), thickness=1.2, density=1.35),
    hair=Hair(style="short", colour=(0.013, 0.010, 0.009), grey=0.008, length_cm=2.6, strands=80000, hairline=0.25,
              beard_cm=0.55),
    cloth=Cloth(colour=(0.30, 0.30, 0.29)),
    lashes=0.9,
    seed=404,
)  # fmt: skip
ACTOR = Identity(
    name="actor",
    shape=Shape(
        jaw_width=0.1, cheekbones=0.2, nose_width=-0.1, nose_length=0.15, nose_bridge=0.2, lip_fullness=0.2,
        mouth_width=0.1, eye_size=0.25, eye_tilt=0.0, brow_ridge=0.25, face_length=0.1, chin_width=0.1, neck_width=-0.1,
    ),
    skin=Skin(base=(0.56, 0.36, 0.265), redness=0.6, lip=(0.43, 0.19, 0.165), freckles=0.35, mottling=0.6, pores=0.7,
              age=0.28, stubble=0.35, oil=0.5, seed=53),
    eyes=Eyes(iris=(0.055, 0.062, 0.038), iris_inner=(0.11, 0.075, 0.03), sclera=0.56),
    brows=Brows(colour=(0.045, 0.027, 0.016), thickness=1.05, density=1.15),
    hair=Hair(style="parted", colour=(0.065, 0.036, 0.019), length_cm=4.2, strands=55000, hairline=0.1),
    cloth=Cloth(colour=(0.13, 0.15, 0.12)),
    lashes=0.85,
    seed=505,
)  # fmt: skip
PERSONAS: dict[str, Identity] = {who.name: who for who in (MARA, ANSELM, INES, TOMAS, ACTOR)}

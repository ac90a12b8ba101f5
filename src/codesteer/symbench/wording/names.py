"""Given names for the people in questions."""

from typing import Final

# fmt: off
NAMES: Final = (
    "Abena", "Adil", "Agnes", "Akira", "Alba", "Amos", "Anouk", "Anton", "Aru", "Astrid", "Basil",
    "Bela", "Birgit", "Bruno", "Carmen", "Cedric", "Chika", "Clara", "Cosmo", "Dalia", "Dario",
    "Deniz", "Dora", "Edda", "Eino", "Elif", "Emil", "Enzo", "Esra", "Fadi", "Farah", "Felix",
    "Fenna", "Fiona", "Gala", "Gideon", "Greta", "Hamid", "Hana", "Hugo", "Ida", "Ilja", "Imani",
    "Ines", "Ivo", "Jana", "Jarek", "Joris", "Juno", "Kaito", "Karim", "Katja", "Kiran", "Lars",
    "Lea", "Leif", "Lina", "Louis", "Lucia", "Maija", "Malik", "Mara", "Marek", "Mila", "Nadia",
    "Nico", "Nils", "Noor", "Ola", "Olga", "Omar", "Oskar", "Paula", "Pavel", "Petra", "Pilar",
    "Quentin", "Rafa", "Rana", "Ravi", "Rosa", "Ruben", "Sami", "Sanna", "Selma", "Silas", "Sofia",
    "Sven", "Tala", "Tarek", "Thea", "Timo", "Tova", "Ulla", "Uma", "Vera", "Viktor", "Wanda",
    "Willem", "Xenia", "Yara", "Yusuf", "Zoe", "Zoltan",
)
# fmt: on
"""Each differs from the others."""

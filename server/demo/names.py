"""Invented people: given names and surnames in the mixture found in England's schools.

A person's two names are drawn from the same community, now and then from two, as in life. Nobody
is meant; a name that somebody bears is a coincidence.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from server.demo.chance import Weighted

__all__ = ["FullName", "names"]

_MIXED = 0.07
"""Share of people whose given name and surname come from two communities."""
_SHORTENED = 0.5
"""Share of people with a usual short form who go by it."""


@dataclass(frozen=True, slots=True)
class FullName:
    """``known_as`` is what the person is called."""

    forename: str
    surname: str
    known_as: str

    def __str__(self) -> str:
        return f"{self.known_as} {self.surname}"

    @property
    def dotted(self) -> str:
        """Given name, full stop, surname, in plain letters."""
        spelt = unicodedata.normalize("NFKD", f"{self.known_as}.{self.surname}".casefold())
        return re.sub(r"[^a-z.]", "", spelt)


@dataclass(frozen=True, slots=True)
class Community:
    """A pool of names; ``weight`` in hundredths of the whole."""

    weight: float
    given: tuple[str, ...]
    surnames: tuple[str, ...]


def _community(weight: float, given: str, surnames: str) -> Community:
    return Community(weight, tuple(given.split()), tuple(surnames.split()))


COMMUNITIES = (
    _community(
        58,
        "Alfie Amelia Archie Arthur Ava Barnaby Beatrice Benjamin Bethany Callum Caitlin Charles "
        "Charlotte Chloe Connor Daisy Daniel Darcey Dexter Edward Eleanor Elizabeth Ella Elliot "
        "Emily Ethan Evelyn Evie Felix Finley Florence Francesca Freddie Freya George Georgina "
        "Grace Gracie Harriet Harrison Harry Heidi Henry Holly Hugo Imogen Isaac Isabella Isla "
        "Jack Jacob James Jasmine Jessica Joseph Joshua Katherine Kian Lacey Leo Lewis Libby Lily "
        "Logan Lola Lottie Louis Lucas Luke Lydia Mabel Maddison Martha Matilda Matthew Maisie "
        "Max Megan Millie Molly Nancy Nathaniel Niamh Noah Oliver Olivia Ophelia Oscar Owen Phoebe "
        "Poppy Reuben Riley Robyn Roman Rory Rosie Ruby Rupert Samuel Scarlett Sebastian Sienna "
        "Sophie Stanley Tabitha Teddy Theo Thea Thomas Tilly Toby Tyler Victoria Violet William "
        "Willow Zachary Zara",
        "Abbott Adams Allen Appleby Armitage Ashdown Atkinson Bailey Barker Barlow Bates Beckett "
        "Bennett Birch Blackburn Bradley Brennan Briggs Brooks Bryant Burgess Butler Carpenter "
        "Carter Chadwick Chambers Chapman Clarke Clayton Coleman Collins Cooper Cox Crawford "
        "Croft Dawson Dixon Dobson Doyle Draper Drummond Eastwood Edwards Ellis Fairclough Farrow "
        "Fenwick Fletcher Foster Fox Gallagher Garside Gibson Goddard Goodwin Graham Greenwood "
        "Griffiths Hadley Hale Hargreaves Harrison Hart Hartley Hayes Heath Hewitt Hobbs "
        "Holdsworth Holland Hopkins Howarth Hudson Hughes Humphries Iveson Jarvis Jenkins Jepson "
        "Johnson Kershaw King Kirby Knight Lambert Lawson Leach Lister Lloyd Lockwood Marsden "
        "Mason Matthews McBride McKenna Mellor Mercer Miller Morgan Morley Moss Naylor Nelson "
        "Newton Nolan Norris Oakley Ogden Palmer Parkes Pearce Pickering Pollard Porter Potts "
        "Preston Pritchard Quigley Ramsden Rawlings Reynolds Rhodes Riley Rowe Rushton Sanderson "
        "Saunders Shaw Sheppard Sidwell Simmonds Slater Spencer Stanton Stokes Sutcliffe Swales "
        "Tattersall Thorne Thorpe Tindall Turnbull Turner Underwood Wainwright Walker Walsh Warner "
        "Watkins Webster Whitaker Whitfield Wilkins Winter Woodcock Worrall Yates",
    ),
    _community(
        7,
        "Aleksander Alicja Amelka Andrei Antoni Bartosz Bianca Dawid Denisa Dominika Elena Filip "
        "Gabija Ioana Jakub Jan Julia Kacper Karolina Lukas Maja Marek Mateusz Matei Milena "
        "Natalia Nikola Oliwia Oskar Patryk Radu Sofia Stefan Szymon Tomas Viktoria Wiktor Zofia "
        "Zuzanna",
        "Balan Bielak Cieslak Constantin Dabrowski Dobre Dumitru Filipek Gajewski Georgescu "
        "Ionescu Jankauskas Kaminski Kowalczyk Kubiak Lazar Lewandowski Lungu Majewski Malinowski "
        "Marinescu Nagy Nowicki Pawlak Petrov Petrauskas Popa Rusu Sikora Sobczak Stanciu Szabo "
        "Toma Urban Wilk Wrona Zielinski",
    ),
    _community(
        9,
        "Aaliyah Abdul Adam Ahmed Aisha Ali Aliza Amina Amir Anaya Areeba Aryan Ayaan Ayesha "
        "Bilal Danyal Fatima Hafsa Haider Hamza Hana Haris Hassan Humza Ibrahim Iman Inaya Ismail "
        "Jannat Khadija Laiba Mahnoor Mariam Maryam Musa Mustafa Nabeel Omar Qasim Rayan Rehan "
        "Safa Saif Samira Sana Sara Sumaiya Tahmid Taslima Umar Usman Yahya Yusuf Zain Zainab "
        "Zoya",
        "Abbasi Ahmed Akhtar Alam Ali Anwar Ashraf Aslam Aziz Baig Bashir Begum Bhatti Butt "
        "Chaudhry Choudhury Dar Farooq Ghani Hashmi Hossain Hussain Iqbal Islam Javed Kausar Khan "
        "Khatun Kiani Mahmood Malik Mia Miah Mirza Mughal Nawaz Parveen Qureshi Rafiq Rahman Raja "
        "Rashid Saleem Sarwar Shah Sheikh Siddiqui Uddin Yaqoob Yousaf Zaman",
    ),
    _community(
        7,
        "Aadhya Aanya Advait Amardeep Amrit Anika Anjali Arjun Arnav Aarav Dev Dhruv Diya Esha "
        "Gurleen Harpreet Harsimran Ishaan Ishika Jasleen Jaspreet Kabir Karan Kavya Kiran Kiara "
        "Krish Manpreet Meera Mihir Neha Nikhil Nisha Pranav Priya Rahul Reyansh Riya Rohan Saanvi "
        "Sahil Samarth Shreya Simran Tanvi Tara Veer Vihaan Vivaan",
        "Acharya Agarwal Bains Bhatt Chawla Chohan Desai Dhaliwal Dhillon Gill Gupta Iyer Johal "
        "Joshi Kapoor Kaur Kulkarni Kumar Mahal Mehta Menon Mistry Nair Naidu Pandya Parmar Patel "
        "Pillai Purewal Rai Randhawa Rao Reddy Sahota Sandhu Sangha Sharma Shergill Sidhu Singh "
        "Solanki Thakur Trivedi Varma",
    ),
    _community(
        7,
        "Abdirahman Abena Ade Adaeze Adebayo Afia Akosua Amara Ayo Ayomide Bashir Chiamaka "
        "Chidera Chinedu David Ebo Efe Emeka Esther Faith Favour Fiifi Folake Grace Hodan Ifeoma "
        "Israel Joel Kayode Kofi Kwabena Kwame Liban Marvellous Mohamed Naomi Nana Ngozi Obinna "
        "Ope Praise Rahma Sade Samson Tanaka Temi Tendai Tobi Tomi Uche Yaw Yetunde Zuri",
        "Abara Abdi Abebe Acheampong Achebe Adeleke Adeyemi Afolabi Agyeman Ajayi Akinola "
        "Amankwah Amoah Annan Ansah Antwi Appiah Asante Asare Awuah Balogun Bankole Boakye Chukwu "
        "Danso Dube Ekwueme Eze Farah Frimpong Gyasi Idowu Jama Kamau Mensah Moyo Mutasa Nkosi "
        "Nwachukwu Obi Odukoya Ofori Ogunleye Okafor Okeke Okonkwo Olawale Omondi Opoku Oppong "
        "Osei Owusu Quaye Sarpong Sithole Tetteh Warsame Yeboah",
    ),
    _community(
        4,
        "Aaliyah Amari Andre Asia Bryce Chantelle Corey Demari Destiny Dion Elijah Ezekiel Giselle "
        "Isaiah Jada Jahmar Jaden Jerome Kaleb Kaya Keziah Kiana Kyra Leona Malachi Micah Nevaeh "
        "Nia Rhianna Rio Romario Sade Shanice Shay Tamia Tiana Tyrese Zion",
        "Bailey Barrett Beckford Bogle Brathwaite Broomfield Campbell Clarke Cumberbatch Daley "
        "Douglas Duncan Francis Gayle Gordon Grant Grizzle Hylton Joseph Lawes Lindo Lewin "
        "McFarlane McIntosh Morrison Nembhard Palmer Peart Plummer Pinnock Reid Richards Samuels "
        "Sinclair Thompson Williams Wray",
    ),
    _community(
        3,
        "Adar Alev Amal Asya Aylin Azad Baran Can Cem Dara Defne Deniz Dilan Elif Emir Farah "
        "Farhad Hevin Idris Jamal Jiyan Karim Kerem Laila Lamar Leyla Maya Nadia Nour Omid Parsa "
        "Rima Rojin Salma Selin Shirin Soraya Tariq Yasmin Yusra Zana Zeynep",
        "Abdallah Ahmadi Aksoy Al-Amin Altun Amiri Arslan Aydin Barzani Celik Darwish Demir Dogan "
        "Ebrahimi Faraj Ghazi Habibi Haddad Hakimi Hamdan Karimi Kaya Khalil Mansour Mohammadi "
        "Nazari Noori Othman Ozturk Rahimi Saleh Sharif Taha Yilmaz Zahedi",
    ),
    _community(
        2,
        "Aiko Anh Bao Chen Chi Eason Hao Hoi Isla Jasmine Jayden Jia Kai Kasper Linh Long Mei Ming "
        "Minh Nathan Ngan Phuong Qing Ryan Thanh Theo Tin Vivian Wei Xin Yan Yi Yuki Zhen",
        "Au Chan Cheng Cheung Chow Chu Dang Fong Ho Hoang Huang Kwok Lam Lau Leung Li Lim Lin Liu "
        "Luong Ma Ng Ngo Nguyen Pham Poon Siu Tan Tang Tran Tsang Wong Wu Xu Yeung Yip Zhang",
    ),
    _community(
        3,
        "Afonso Alessia Alvaro Ana Beatriz Benedita Bruna Camila Carlos Catarina Diego Duarte "
        "Enzo Giulia Ines Joana Leonor Lorenzo Luana Luca Mafalda Mateo Miguel Nuno Paola Rafael "
        "Renata Rodrigo Santiago Thiago Valentina Vasco Vicente",
        "Almeida Barbosa Batista Bianchi Cardoso Carvalho Castillo Correia Costa Cruz Dias "
        "Esposito Fernandes Ferreira Figueira Gomes Guerrero Lopes Marques Medina Mendes Monteiro "
        "Moreira Navarro Neves Pinto Ramos Ribeiro Rojas Russo Santos Silva Sousa "
        "Teixeira Vargas Vieira",
    ),
)

SHORT_FORMS = {
    "Abdirahman": "Abdi", "Adebayo": "Bayo", "Aleksander": "Alek", "Ayomide": "Ayo",
    "Bartosz": "Bartek", "Beatrice": "Bea", "Benjamin": "Ben", "Bethany": "Beth",
    "Charles": "Charlie", "Charlotte": "Lottie", "Chiamaka": "Amaka", "Daniel": "Dan",
    "Edward": "Ned", "Eleanor": "Ellie", "Elizabeth": "Libby", "Ezekiel": "Zeke",
    "Francesca": "Frankie", "Georgina": "Georgie", "Harpreet": "Harry", "Harrison": "Harry",
    "Isabella": "Bella", "Jacob": "Jake", "Jessica": "Jess", "Joseph": "Joe", "Joshua": "Josh",
    "Katherine": "Kate", "Kwabena": "Kobby", "Matilda": "Tilly", "Matthew": "Matt",
    "Mateusz": "Mati", "Mohamed": "Mo", "Nathaniel": "Nat", "Oliver": "Ollie", "Samuel": "Sam",
    "Sebastian": "Seb", "Thomas": "Tom", "Victoria": "Tori", "William": "Will",
    "Zachary": "Zac", "Zuzanna": "Zuzia",
}  # fmt: skip


def names(chance: random.Random) -> Iterator[FullName]:
    """Names without end; no two people have the same forename and surname."""
    pools = Weighted(COMMUNITIES, [pool.weight for pool in COMMUNITIES])
    taken: set[tuple[str, str]] = set()
    while True:
        first = pools.draw(chance)
        second = pools.draw(chance) if chance.random() < _MIXED else first
        pair = (chance.choice(first.given), chance.choice(second.surnames))
        if pair not in taken:
            taken.add(pair)
            yield FullName(*pair, _known_as(pair[0], chance))


def _known_as(forename: str, chance: random.Random) -> str:
    short = SHORT_FORMS.get(forename)
    return short if short is not None and chance.random() < _SHORTENED else forename

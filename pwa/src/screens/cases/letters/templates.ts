/**
 * Letters to a family, in its language. `{…}` is filled from the case; what is not known stays in
 * sight, in brackets, for the writer. The English is the original: what is sent in another language
 * shows it beside, and says that a translator should have looked at it.
 */

export interface Template {
  id: string;
  title: string;
  /** By language (BCP 47); English is always there. */
  texts: Readonly<Record<string, string>> & { en: string };
}

/** What a letter is filled with. */
export interface Filling {
  family: string;
  worker: string;
  phone: string;
  date: string;
  time: string;
}

/** Languages written from right to left. */
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar", "fa", "ku", "ps", "ur"]);

export const TEMPLATES: readonly Template[] = [
  {
    id: "visit-planned",
    title: "We would like to visit you",
    texts: {
      en: "Dear {family},\n\nI would like to visit you on {date} at {time}, to talk about how school is going and what would help.\n\nIf another day is better, please call me on {phone}. If you need an interpreter, tell me and I will bring one.\n\nYours sincerely,\n{worker}",
      pl: "Szanowni Państwo ({family}),\n\nchciałabym / chciałbym odwiedzić Państwa w dniu {date} o godzinie {time}, aby porozmawiać o szkole i o tym, co mogłoby pomóc.\n\nJeśli inny dzień jest lepszy, proszę zadzwonić pod numer {phone}. Jeśli potrzebny jest tłumacz, proszę mi powiedzieć.\n\nZ poważaniem,\n{worker}",
      ro: "Stimată familie {family},\n\nAș dori să vă vizitez pe {date} la ora {time}, pentru a vorbi despre cum merge la școală și despre ce v-ar ajuta.\n\nDacă altă zi este mai potrivită, vă rog să mă sunați la {phone}. Dacă aveți nevoie de un interpret, spuneți-mi.\n\nCu stimă,\n{worker}",
      uk: "Шановна родино {family}!\n\nЯ хочу відвідати вас {date} о {time}, щоб поговорити про школу і про те, що могло б допомогти.\n\nЯкщо інший день зручніший, зателефонуйте мені: {phone}. Якщо потрібен перекладач, скажіть мені.\n\nЗ повагою,\n{worker}",
      ar: "إلى {family}،\n\nأود زيارتكم يوم {date} في الساعة {time} للحديث عن المدرسة وعمّا يمكن أن يساعدكم.\n\nإذا كان يوم آخر أنسب، يرجى الاتصال بي على الرقم {phone}. وإذا كنتم بحاجة إلى مترجم فأخبروني.\n\nمع التحية،\n{worker}",
      ur: "محترم {family}،\n\nمیں {date} کو {time} بجے آپ سے ملنے آنا چاہتا/چاہتی ہوں تاکہ اسکول اور مدد کے بارے میں بات ہو سکے۔\n\nاگر کوئی اور دن بہتر ہو تو مجھے {phone} پر فون کریں۔ اگر مترجم کی ضرورت ہو تو بتائیں۔\n\nآپ کا خیر خواہ،\n{worker}",
    },
  },
  {
    id: "we-called",
    title: "We called and you were out",
    texts: {
      en: "Dear {family},\n\nI came to see you on {date} at {time} and nobody answered. I would like to talk about how school is going and what would help.\n\nPlease call me on {phone}. I will come again if I do not hear from you.\n\nYours sincerely,\n{worker}",
      pl: "Szanowni Państwo ({family}),\n\nbyłam / byłem u Państwa w dniu {date} o godzinie {time}, ale nikogo nie zastałam / zastałem. Chciałabym / chciałbym porozmawiać o szkole i o tym, co mogłoby pomóc.\n\nProszę zadzwonić pod numer {phone}. Jeśli się Państwo nie odezwą, przyjdę ponownie.\n\nZ poważaniem,\n{worker}",
      ro: "Stimată familie {family},\n\nAm venit la dumneavoastră pe {date} la ora {time} și nu a răspuns nimeni. Aș dori să vorbim despre cum merge la școală și despre ce v-ar ajuta.\n\nVă rog să mă sunați la {phone}. Dacă nu primesc niciun răspuns, voi veni din nou.\n\nCu stimă,\n{worker}",
      uk: "Шановна родино {family}!\n\nЯ був / була у вас {date} о {time}, але ніхто не відчинив. Я хочу поговорити про школу і про те, що могло б допомогти.\n\nЗателефонуйте мені, будь ласка: {phone}. Якщо відповіді не буде, я прийду ще раз.\n\nЗ повагою,\n{worker}",
      ar: "إلى {family}،\n\nجئت لزيارتكم يوم {date} في الساعة {time} ولم يجب أحد. أود أن نتحدث عن المدرسة وعمّا يمكن أن يساعدكم.\n\nيرجى الاتصال بي على الرقم {phone}. سآتي مرة أخرى إذا لم أسمع منكم.\n\nمع التحية،\n{worker}",
      ur: "محترم {family}،\n\nمیں {date} کو {time} بجے آیا/آئی تھا/تھی مگر کسی نے جواب نہیں دیا۔ میں اسکول اور مدد کے بارے میں بات کرنا چاہتا/چاہتی ہوں۔\n\nبراہ کرم مجھے {phone} پر فون کریں۔ جواب نہ ملا تو میں دوبارہ آؤں گا/گی۔\n\nآپ کا خیر خواہ،\n{worker}",
    },
  },
  {
    id: "offer-of-support",
    title: "An offer of support",
    texts: {
      en: "Dear {family},\n\nWe know that getting to school is hard at times. We offer to work with you, your child and the school on a plan that you agree to. You can say no, and nothing bad follows from that.\n\nPlease call me on {phone} to talk about it.\n\nYours sincerely,\n{worker}",
      pl: "Szanowni Państwo ({family}),\n\nwiemy, że chodzenie do szkoły bywa trudne. Proponujemy wspólną pracę z Państwem, dzieckiem i szkołą nad planem, na który się Państwo zgodzą. Mogą Państwo odmówić i nie ma to złych skutków.\n\nProszę zadzwonić pod numer {phone}, aby o tym porozmawiać.\n\nZ poważaniem,\n{worker}",
      ro: "Stimată familie {family},\n\nȘtim că uneori este greu de mers la școală. Vă propunem să lucrăm împreună cu dumneavoastră, cu copilul și cu școala la un plan cu care sunteți de acord. Puteți refuza, fără urmări negative.\n\nVă rog să mă sunați la {phone} ca să vorbim.\n\nCu stimă,\n{worker}",
      uk: "Шановна родино {family}!\n\nМи знаємо, що ходити до школи буває важко. Пропонуємо разом з вами, дитиною і школою скласти план, з яким ви згодні. Ви можете відмовитися, і це не матиме поганих наслідків.\n\nЗателефонуйте мені, щоб поговорити про це: {phone}.\n\nЗ повагою,\n{worker}",
      ar: "إلى {family}،\n\nنعرف أن الذهاب إلى المدرسة صعب أحيانًا. نعرض أن نعمل معكم ومع طفلكم والمدرسة على خطة توافقون عليها. يمكنكم الرفض، ولن يترتب على ذلك أي ضرر.\n\nيرجى الاتصال بي على الرقم {phone} للحديث عن ذلك.\n\nمع التحية،\n{worker}",
      ur: "محترم {family}،\n\nہم جانتے ہیں کہ کبھی کبھی اسکول جانا مشکل ہوتا ہے۔ ہم آپ، آپ کے بچے اور اسکول کے ساتھ مل کر ایسا منصوبہ بنانا چاہتے ہیں جس پر آپ راضی ہوں۔ آپ انکار کر سکتے ہیں اور اس کا کوئی برا نتیجہ نہیں ہوگا۔\n\nاس بارے میں بات کرنے کے لیے مجھے {phone} پر فون کریں۔\n\nآپ کا خیر خواہ،\n{worker}",
    },
  },
  {
    id: "meeting",
    title: "Invitation to a meeting",
    texts: {
      en: "Dear {family},\n\nPlease come to a meeting on {date} at {time}. We will look at the plan together, with the people who work with you. You can bring somebody with you.\n\nIf you cannot come, please call me on {phone} and we will find another day.\n\nYours sincerely,\n{worker}",
      pl: "Szanowni Państwo ({family}),\n\nzapraszam na spotkanie w dniu {date} o godzinie {time}. Wspólnie przyjrzymy się planowi, razem z osobami, które z Państwem pracują. Można przyjść z kimś bliskim.\n\nJeśli nie mogą Państwo przyjść, proszę zadzwonić pod numer {phone}, a znajdziemy inny dzień.\n\nZ poważaniem,\n{worker}",
      ro: "Stimată familie {family},\n\nVă invit la o întâlnire pe {date} la ora {time}. Vom vedea împreună planul, cu oamenii care lucrează cu dumneavoastră. Puteți veni însoțiți.\n\nDacă nu puteți veni, vă rog să mă sunați la {phone} și vom găsi altă zi.\n\nCu stimă,\n{worker}",
      uk: "Шановна родино {family}!\n\nЗапрошую вас на зустріч {date} о {time}. Ми разом переглянемо план з людьми, які з вами працюють. Ви можете прийти з кимось.\n\nЯкщо ви не можете прийти, зателефонуйте мені: {phone}, і ми знайдемо інший день.\n\nЗ повагою,\n{worker}",
      ar: "إلى {family}،\n\nندعوكم إلى اجتماع يوم {date} في الساعة {time}. سنراجع الخطة معًا مع من يعملون معكم. يمكنكم إحضار شخص معكم.\n\nإذا لم تتمكنوا من الحضور فاتصلوا بي على الرقم {phone} وسنجد يومًا آخر.\n\nمع التحية،\n{worker}",
      ur: "محترم {family}،\n\nبراہ کرم {date} کو {time} بجے میٹنگ میں آئیں۔ ہم مل کر منصوبہ دیکھیں گے، ان لوگوں کے ساتھ جو آپ کے ساتھ کام کرتے ہیں۔ آپ کسی کو ساتھ لا سکتے ہیں۔\n\nاگر آپ نہیں آ سکتے تو مجھے {phone} پر فون کریں، ہم کوئی اور دن طے کریں گے۔\n\nآپ کا خیر خواہ،\n{worker}",
    },
  },
];

/** The text in the language, in English where it has none; what is not known stays in brackets. */
export function fill(template: Template, language: string, filling: Filling): string {
  const text = template.texts[language] ?? template.texts.en;
  const known: Readonly<Record<string, string>> = { ...filling };
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] || `[${name}]`);
}

/** Whether a template is written in a language. */
export function speaks(template: Template, language: string): boolean {
  return Object.hasOwn(template.texts, language);
}

/** "rtl" or "ltr". */
export function directionOf(language: string): "rtl" | "ltr" {
  return RIGHT_TO_LEFT.has(language.split("-", 1)[0] ?? "") ? "rtl" : "ltr";
}

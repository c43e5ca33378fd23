// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.bg.BulgarianAnalyzer;
import org.apache.lucene.analysis.bn.BengaliAnalyzer;
import org.apache.lucene.analysis.br.BrazilianAnalyzer;
import org.apache.lucene.analysis.ca.CatalanAnalyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.ckb.SoraniAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.el.GreekAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.et.EstonianAnalyzer;
import org.apache.lucene.analysis.eu.BasqueAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.ga.IrishAnalyzer;
import org.apache.lucene.analysis.gl.GalicianAnalyzer;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.hy.ArmenianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.lt.LithuanianAnalyzer;
import org.apache.lucene.analysis.lv.LatvianAnalyzer;
import org.apache.lucene.analysis.ne.NepaliAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.sr.SerbianAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.ta.TamilAnalyzer;
import org.apache.lucene.analysis.te.TeluguAnalyzer;
import org.apache.lucene.analysis.th.ThaiAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;

/** Says which of Lucene's analyzers splits texts into terms. All but the first also stem and drop stop words of one language. */
public enum TextLanguage {
    STANDARD(StandardAnalyzer::new),
    ARABIC(ArabicAnalyzer::new),
    ARMENIAN(ArmenianAnalyzer::new),
    BASQUE(BasqueAnalyzer::new),
    BENGALI(BengaliAnalyzer::new),
    BRAZILIAN(BrazilianAnalyzer::new),
    BULGARIAN(BulgarianAnalyzer::new),
    CATALAN(CatalanAnalyzer::new),
    CJK(CJKAnalyzer::new),
    CZECH(CzechAnalyzer::new),
    DANISH(DanishAnalyzer::new),
    DUTCH(DutchAnalyzer::new),
    ENGLISH(EnglishAnalyzer::new),
    ESTONIAN(EstonianAnalyzer::new),
    FINNISH(FinnishAnalyzer::new),
    FRENCH(FrenchAnalyzer::new),
    GALICIAN(GalicianAnalyzer::new),
    GERMAN(GermanAnalyzer::new),
    GREEK(GreekAnalyzer::new),
    HINDI(HindiAnalyzer::new),
    HUNGARIAN(HungarianAnalyzer::new),
    INDONESIAN(IndonesianAnalyzer::new),
    IRISH(IrishAnalyzer::new),
    ITALIAN(ItalianAnalyzer::new),
    LATVIAN(LatvianAnalyzer::new),
    LITHUANIAN(LithuanianAnalyzer::new),
    NEPALI(NepaliAnalyzer::new),
    NORWEGIAN(NorwegianAnalyzer::new),
    PERSIAN(PersianAnalyzer::new),
    PORTUGUESE(PortugueseAnalyzer::new),
    ROMANIAN(RomanianAnalyzer::new),
    RUSSIAN(RussianAnalyzer::new),
    SERBIAN(SerbianAnalyzer::new),
    SORANI(SoraniAnalyzer::new),
    SPANISH(SpanishAnalyzer::new),
    SWEDISH(SwedishAnalyzer::new),
    TAMIL(TamilAnalyzer::new),
    TELUGU(TeluguAnalyzer::new),
    THAI(ThaiAnalyzer::new),
    TURKISH(TurkishAnalyzer::new);

    @SuppressWarnings("ImmutableEnumChecker") // a constructor
    private final Supplier<Analyzer> analyzer;

    TextLanguage(Supplier<Analyzer> analyzer) {
        this.analyzer = analyzer;
    }

    /** Returns a new analyzer, which the caller closes. */
    Analyzer analyzer() {
        return analyzer.get();
    }
}

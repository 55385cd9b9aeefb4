using Ledger.Api.Pages.Decisions;
using Ledger.Api.Pages.Language;
using Ledger.Api.Pages.Statements;
using Ledger.Domain.Assessments;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Tests.Pages;

/// <summary>The words of pages: none is missing in either language, and amounts are written as bank papers write them.</summary>
public sealed class WordTests
{
    private static readonly LocalDate Day = new(2026, 3, 1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_word_that_a_document_can_hold_has_its_word_on_a_page(bool chinese)
    {
        var t = new Tongue(chinese);
        var said = new List<string>();
        said.AddRange(Enum.GetValues<PeriodStatus>().Select(s => StatementWords.Of(t, s, Day, Day, Day).Word));
        said.AddRange(Enum.GetValues<DeductionStatus>().Select(s => StatementWords.Of(t, s).Word));
        said.AddRange(Enum.GetValues<GateKind>().SelectMany(g => new[] { StatementWords.Of(t, g), StatementWords.ToDo(t, g).Does }));
        said.AddRange(Enum.GetValues<DutyKind>().Select(d => StatementWords.Of(t, d)));
        said.AddRange(Enum.GetValues<DutyState>().Select(d => StatementWords.Of(t, d).Word));
        said.AddRange(Enum.GetValues<RightKind>().Select(r => StatementWords.Of(t, r)));
        said.AddRange(Enum.GetValues<RightState>().Select(r => StatementWords.Of(t, r).Word));
        said.AddRange(Enum.GetValues<ReportDocument>().Select(d => StatementWords.Of(t, d)));
        said.AddRange(Enum.GetValues<ClauseClass>().Select(c => ClauseWords.Of(t, c)));
        said.AddRange(Enum.GetValues<CaseStep>().Select(s => ClockWords.Of(t, s)));
        said.AddRange(Enum.GetValues<ClockState>().Select(s => ClockWords.Of(t, s).Word));
        said.AddRange(Enum.GetValues<Role>().Select(r => RoleWords.Of(t, r)));
        said.AddRange(EventCatalogue.All.Select(e => EventWords.Of(t, e.Alias)));
        Assert.All(said, word => Assert.Equal(chinese, word.Any(c => c > 0x2e80)));
    }

    [Theory]
    [InlineData("0.00", "零元整")]
    [InlineData("0.05", "伍分")]
    [InlineData("0.50", "伍角整")]
    [InlineData("1.05", "壹元零伍分")]
    [InlineData("10.00", "壹拾元整")]
    [InlineData("100000.00", "壹拾万元整")]
    [InlineData("107000.53", "壹拾万零柒仟元伍角叁分")]
    [InlineData("1680.32", "壹仟陆佰捌拾元叁角贰分")]
    [InlineData("16409.02", "壹万陆仟肆佰零玖元零贰分")]
    [InlineData("325.04", "叁佰贰拾伍元零肆分")]
    [InlineData("6007.14", "陆仟零柒元壹角肆分")]
    [InlineData("1022800.00", "壹佰零贰万贰仟捌佰元整")]
    [InlineData("100000001.00", "壹亿零壹元整")]
    [InlineData("-1409.50", "负壹仟肆佰零玖元伍角整")]
    public void An_amount_in_capitals_is_written_as_on_bank_papers(string amount, string capitals) =>
        Assert.Equal(capitals, ChineseCapitals.Of(Cny.Parse(amount)));

    [Theory]
    [InlineData("1", "1.00")]
    [InlineData("1,013,300.5", "1013300.50")]
    [InlineData("１０００", "1000.00")]
    [InlineData("1000 元", "1000 元")]
    [InlineData("1000元", "1000.00")]
    [InlineData("0.005", "0.005")]
    [InlineData("-5", "-5")]
    [InlineData("a lot", "a lot")]
    public void An_amount_is_taken_as_people_write_it_and_what_is_none_stays_to_be_told(string said, string taken) =>
        Assert.Equal(taken, PageDecisions.Amount(said));

    [Theory]
    [InlineData("en-GB,en;q=0.9", "en")]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh")]
    [InlineData("fr,en;q=0.5,zh;q=0.4", "en")]
    [InlineData("fr", "zh")]
    [InlineData("", "zh")]
    public void The_first_visit_is_in_the_browser_s_language(string accepts, string language)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers.AcceptLanguage = accepts;
        Assert.Equal(language, Tongue.Preferred(context.Request).Segment);
    }
}

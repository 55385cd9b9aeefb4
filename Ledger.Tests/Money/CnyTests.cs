using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Money;

namespace Ledger.Tests.Money;

public sealed class CnyTests
{
    [Theory]
    [InlineData("0.00", 0)]
    [InlineData("0.01", 1)]
    [InlineData("5000.00", 500_000)]
    [InlineData("-0.05", -5)]
    [InlineData("9999999999999.99", 999_999_999_999_999)]
    public void An_amount_is_yuan_with_two_places(string text, long fen)
    {
        Assert.True(Cny.TryParse(text, out var amount));
        Assert.Equal(fen, amount.Fen);
        Assert.Equal(text, amount.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("5000")]
    [InlineData("5000.0")]
    [InlineData("5000.000")]
    [InlineData("5,000.00")]
    [InlineData("05.00")]
    [InlineData("+5.00")]
    [InlineData("-0.00")]
    [InlineData(".50")]
    [InlineData("5.00 ")]
    [InlineData("٥.00")]
    [InlineData("10000000000000.00")]
    public void Anything_else_is_no_amount(string text) => Assert.False(Cny.TryParse(text, out _));

    [Theory]
    [InlineData("100.00", "12.345", "12.35")]
    [InlineData("0.10", "5", "0.01")]
    [InlineData("0.09", "5", "0.00")]
    [InlineData("-0.10", "5", "-0.01")]
    [InlineData("4315200.00", "30", "1294560.00")]
    [InlineData("1.00", "33.333333333333333333333333333333", "0.33")]
    public void A_percentage_is_rounded_half_up_once(string amount, string percent, string expected)
    {
        Assert.True(Percentage.TryParse(percent, out var share));
        Assert.Equal(expected, Cny.Parse(amount).Percent(share).ToString());
    }

    [Fact]
    public void Sums_beyond_the_bound_are_refused_and_not_wrapped()
    {
        var most = Cny.Parse("9999999999999.99");
        Assert.Throws<OverflowException>(() => most + Cny.OfFen(1));
        Assert.Throws<OverflowException>(() => most * 2);
        Assert.Throws<OverflowException>(() => Cny.OfFen(long.MaxValue));
    }

    [Fact]
    public void Writing_and_reading_an_amount_gives_it_back() =>
        Prop.ForAll<int>(fen => Cny.Parse(Cny.OfFen(fen).ToString()) == Cny.OfFen(fen)).QuickCheckThrowOnFailure();

    [Fact]
    public void Splitting_an_amount_by_days_loses_less_than_half_a_fen_each() =>
        Prop.ForAll<PositiveInt, PositiveInt>(
                (fen, days) =>
                {
                    var total = Cny.OfFen(fen.Get);
                    var whole = days.Get % 366 + 1;
                    var parts = Enumerable.Range(1, whole).Select(d => total.MulDiv(1, whole)).Sum(x => x);
                    return Math.Abs(parts.Fen - total.Fen) * 2 <= whole;
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("5", "5")]
    [InlineData("5.0", "5")]
    [InlineData("12.3450", "12.345")]
    [InlineData("0.001", "0.001")]
    public void A_percentage_drops_trailing_zeros(string text, string canonical)
    {
        Assert.True(Percentage.TryParse(text, out var share));
        Assert.Equal(canonical, share.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("5%")]
    [InlineData("-5")]
    [InlineData("05")]
    [InlineData("5.")]
    [InlineData(".5")]
    [InlineData("1e2")]
    public void Anything_else_is_no_percentage(string text) => Assert.False(Percentage.TryParse(text, out _));
}

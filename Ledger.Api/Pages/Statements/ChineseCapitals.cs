using System.Text;
using Ledger.Domain.Money;

namespace Ledger.Api.Pages.Statements;

/// <summary>
/// An amount in Chinese capitals, as invoices and bank papers write it (中国人民银行《支付结算办法》附一：正确填写票据和结算凭证的基本规定).
/// </summary>
public static class ChineseCapitals
{
    private const string Digits = "零壹贰叁肆伍陆柒捌玖";
    private static readonly string[] Units = ["", "拾", "佰", "仟"];
    private static readonly string[] Groups = ["", "万", "亿", "万亿"];

    /// <summary>Such as 壹佰零贰万贰仟捌佰元整; 负 stands before what is below zero.</summary>
    public static string Of(Cny amount)
    {
        var fen = Math.Abs(amount.Fen);
        var (yuan, jiao, rest) = (fen / 100, (int)(fen / 10 % 10), (int)(fen % 10));
        var text = new StringBuilder(amount.IsNegative ? "负" : "");
        if (yuan > 0)
        {
            AppendYuan(text, yuan);
            text.Append('元');
        }

        if (jiao == 0 && rest == 0)
        {
            return text.Append(yuan == 0 ? "零元整" : "整").ToString();
        }

        if (jiao > 0)
        {
            text.Append(Digits[jiao]).Append('角');
        }
        else if (yuan > 0)
        {
            text.Append('零');
        }

        return text.Append(rest > 0 ? $"{Digits[rest]}分" : "整").ToString();
    }

    /// <summary>Groups of four digits from the left; a gap inside the number is one 零, wherever it lies.</summary>
    private static void AppendYuan(StringBuilder text, long yuan)
    {
        var groups = new List<int>();
        for (var left = yuan; left > 0; left /= 10_000)
        {
            groups.Add((int)(left % 10_000));
        }

        var (begun, gap) = (false, false);
        for (var g = groups.Count - 1; g >= 0; g--)
        {
            for (var (unit, divisor) = (3, 1000); unit >= 0; unit--, divisor /= 10)
            {
                var digit = groups[g] / divisor % 10;
                if (digit == 0)
                {
                    gap = begun;
                    continue;
                }

                text.Append(gap ? "零" : "").Append(Digits[digit]).Append(Units[unit]);
                (begun, gap) = (true, false);
            }

            if (groups[g] > 0)
            {
                text.Append(Groups[g]);
            }
        }
    }
}

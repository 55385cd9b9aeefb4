using System.Diagnostics;
using Ledger.Tests.Support;

namespace Ledger.Tests.Contracts;

/// <summary>The published schema, checked by a validator that we did not write (npm's ajv).</summary>
public sealed class OutsideValidatorTests
{
    private const string Script = """
        const Ajv = require('ajv/dist/2020').default, formats = require('ajv-formats').default, fs = require('fs');
        const ajv = new Ajv({ strict: false, allErrors: true }); formats(ajv);
        const validate = ajv.compile(JSON.parse(fs.readFileSync(process.argv[1])));
        const ok = validate(JSON.parse(fs.readFileSync(process.argv[2])));
        console.log(ok ? 'valid' : JSON.stringify(validate.errors.slice(0, 3)));
        """;

    [AjvTheory]
    [InlineData("anding-2023")]
    [InlineData("gaomidian-2025")]
    [InlineData("jiuxianqiao-2025")]
    [InlineData("yangfangdian-2026")]
    [InlineData("yongdinglu-2026")]
    public async Task The_terms_are_valid(string contract) =>
        Assert.Equal("valid", await ValidateAsync(Path.Combine(AppContext.BaseDirectory, "contracts", contract + ".json")));

    [AjvTheory]
    [InlineData("\"5000.00\"", "5000")]
    [InlineData("\"zero_score_case\"", "\"zero_case\"")]
    [InlineData("\"computed\"", "\"calculated\"")]
    [InlineData("\"titleZh\"", "\"titelZh\"")]
    public async Task Wrong_terms_are_not(string good, string bad)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            System.Text.Encoding.UTF8.GetString(Terms.File("gaomidian-2025")).Replace(good, bad, StringComparison.Ordinal)
        );
        Assert.NotEqual("valid", await ValidateAsync(file));
        File.Delete(file);
    }

    private static async Task<string> ValidateAsync(string file)
    {
        var info = new ProcessStartInfo(
            "node",
            ["-e", Script, Path.Combine(AppContext.BaseDirectory, "contracts", "terms.schema.json"), file]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = Environment.GetEnvironmentVariable("LEDGER_AJV"),
        };
        using var node = Process.Start(info)!;
        var said = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return said.Trim();
    }

    private sealed class AjvTheoryAttribute : TheoryAttribute
    {
        public AjvTheoryAttribute() =>
            Skip = Environment.GetEnvironmentVariable("LEDGER_AJV") is null
                ? "LEDGER_AJV names no directory with npm's ajv; .ci/run makes one"
                : null;
    }
}

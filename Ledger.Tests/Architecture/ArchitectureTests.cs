using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ledger.Domain.Errors;
using Ledger.Tests.Support;

namespace Ledger.Tests.Architecture;

/// <summary>The arrows of docs/architecture.md, and the habits that the compiler does not hold.</summary>
public sealed partial class ArchitectureTests
{
    [Theory]
    [InlineData("Ledger.Domain", "", "NodaTime")]
    [InlineData("Ledger.Projections", "Ledger.Domain", "BouncyCastle.Cryptography Marten Microsoft.Extensions.Caching.Memory Npgsql")]
    [InlineData(
        "Ledger.Api",
        "Ledger.Domain Ledger.Projections",
        "CsvHelper DocumentFormat.OpenXml ExcelNumberFormat Microsoft.AspNetCore.Authentication.JwtBearer "
            + "Microsoft.AspNetCore.Authentication.OpenIdConnect Microsoft.AspNetCore.OpenApi Npgsql.OpenTelemetry "
            + "OpenTelemetry.Exporter.OpenTelemetryProtocol OpenTelemetry.Extensions.Hosting "
            + "OpenTelemetry.Instrumentation.AspNetCore OpenTelemetry.Instrumentation.Runtime QRCoder Scalar.AspNetCore Spectre.Console "
            + "SpreadCheetah StandardWebhooks System.CommandLine WolverineFx.Http WolverineFx.Marten"
    )]
    public void A_project_depends_on_these_and_no_others(string project, string projects, string packages)
    {
        var file = XDocument.Load(Repository.PathOf(project, project + ".csproj"));
        Assert.Equal(projects, Names(file, "ProjectReference", include => Path.GetFileNameWithoutExtension(include)));
        Assert.Equal(packages, Names(file, "PackageReference", include => include, skipPrivate: true));
    }

    [Fact]
    public void Binary_floating_point_stays_out_of_the_domain_and_the_log()
    {
        var offenders = Files("Ledger.Domain", "Ledger.Projections")
            .Where(f => !f.Contains("Geometry", StringComparison.Ordinal) && !f.Contains("CanonicalJson", StringComparison.Ordinal)) // RFC 8785 defines numbers as doubles.
            .Where(f => FloatingPoint().IsMatch(WithoutComments(f)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Decisions_and_rules_do_no_input_output()
    {
        var offenders = Files("Ledger.Domain")
            .Where(f => InputOutput().IsMatch(WithoutComments(f)) && !f.EndsWith("WorkingDays.cs", StringComparison.Ordinal));
        Assert.Equal([], offenders);
    }

    [Fact]
    public void No_file_grows_past_four_hundred_lines() =>
        Assert.Equal(
            [],
            Files("Ledger.Domain", "Ledger.Projections", "Ledger.Api", "Ledger.Tests").Where(f => File.ReadLines(f).Count() > 400)
        );

    /// <summary>What a program says may run on: cutting it in two would make it harder to find.</summary>
    [Fact]
    public void No_line_but_one_of_text_is_longer_than_a_hundred_and_forty_characters() =>
        Assert.Equal(
            [],
            Files("Ledger.Domain", "Ledger.Projections", "Ledger.Api", "Ledger.Tests", "bench")
                .Where(f => !f.Contains("Generated", StringComparison.Ordinal))
                .SelectMany(File.ReadLines, (file, line) => (file, line))
                .Where(l => l.line.Length > 140 && !Text().IsMatch(l.line))
                .Select(l => $"{Path.GetFileName(l.file)}: {l.line.Trim()}")
        );

    [Fact]
    public void Every_error_code_is_documented()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "errors.md"));
        Assert.All(
            Enum.GetValues<ErrorCode>(),
            code =>
                Assert.Contains(
                    $"\n| `{Api.Web.Problems.TypeOf(code)}` | {Api.Web.Problems.StatusOf(code)} |",
                    page,
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void Every_project_is_a_folder_at_the_root_and_nothing_else_is_there()
    {
        string[] allowed =
        [
            "Ledger.Api",
            "Ledger.Domain",
            "Ledger.Projections",
            "Ledger.Tests",
            "Ledger.sln",
            "docker-compose.yml",
            "Dockerfile",
            ".dockerignore",
            "bench",
            "contracts",
            "docs",
            "tools",
            "README.md",
            "README.zh-CN.md",
            "CHANGELOG.md",
            "LICENSE",
            ".config",
            ".editorconfig",
            ".gitignore",
            ".gitattributes",
            "global.json",
            "Directory.Build.props",
            "Directory.Packages.props",
            ".ci",
            ".git",
        ];
        Assert.Empty(Directory.EnumerateFileSystemEntries(Repository.Root).Select(Path.GetFileName).Except(allowed));
    }

    private static string Names(XDocument file, string element, Func<string, string> name, bool skipPrivate = false) =>
        string.Join(
            ' ',
            file.Descendants(element)
                .Where(e => !skipPrivate || e.Attribute("PrivateAssets") is null)
                .Select(e => name(e.Attribute("Include")!.Value))
                .Order(StringComparer.Ordinal)
        );

    private static IEnumerable<string> Files(params string[] projects) =>
        projects
            .SelectMany(p => Directory.EnumerateFiles(Repository.PathOf(p), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    private static string WithoutComments(string file) => Comment().Replace(File.ReadAllText(file), "");

    [GeneratedRegex(@"\b(double|float|Double|Single|Math\.Round|Math\.Pow)\b(?!\()", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FloatingPoint();

    [GeneratedRegex(@"\b(File\.|Directory\.|HttpClient|Console\.|Environment\.|Socket|async )", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InputOutput();

    [GeneratedRegex(@"""|^\s*[<{]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Text();

    [GeneratedRegex(@"//[^\n]*|""[^""\n]*""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comment();
}

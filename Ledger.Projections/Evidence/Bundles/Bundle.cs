using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;

namespace Ledger.Projections.Evidence.Bundles;

/// <summary>
/// The first line of a bundle. A bundle is one contract's part of the log up to a signed checkpoint, in one file that needs
/// nothing else to be verified: this line, then the whole tree from left to right as <see cref="BundleEntry"/> lines, then
/// <see cref="BundleDocuments"/>, then <see cref="BundleEnd"/>. Every line is canonical JSON ended by LF.
/// </summary>
/// <param name="Format"><see cref="CurrentFormat"/>.</param>
/// <param name="Contract">The contract.</param>
/// <param name="Keys">The policy that the checkpoint is signed under, as text.</param>
/// <param name="Checkpoint">The signed note.</param>
/// <param name="Contracts">How many events each contract has; the checkpoint holds its SHA-256.</param>
public sealed record BundleHeader(string Format, string Contract, string Keys, string Checkpoint, string Contracts)
{
    /// <summary>The format that this program writes and reads.</summary>
    public const string CurrentFormat = "ledger-bundle/v2";
}

/// <summary>
/// The next leaves of the tree: either one event, its leaf and its data (those of the contract and of the whole
/// ledger; of another contract only the log's last, and without its data), or a perfect subtree of other contracts' events,
/// by its root.
/// </summary>
/// <param name="Leaf">The event's leaf.</param>
/// <param name="Data">The event's data in canonical form (RFC 8785), which is what its leaf holds the hash of.</param>
/// <param name="Level">The subtree has 2^level leaves.</param>
/// <param name="Root">The subtree's root, base64.</param>
public sealed record BundleEntry(string? Leaf = null, string? Data = null, int? Level = null, string? Root = null);

/// <summary>What the events come to, as the ledger said when the bundle was made.</summary>
public sealed record BundleDocuments(ContractTerms Terms, IReadOnlyList<PeriodStatement> Statements, SettlementStatement Settlement);

/// <summary>The last line: the SHA-256 of all bytes before it, in hex.</summary>
public sealed record BundleEnd(string Sha256);

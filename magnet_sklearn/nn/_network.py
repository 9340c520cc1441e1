"""The network: encode, fuse, decode on the graph, predict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._decoder import GraphDecoder
from magnet_sklearn.nn._feature_encoder import FeatureGraphEncoder
from magnet_sklearn.nn.fusion import Fusion


@dataclass(frozen=True, eq=False)
class NetworkOutput:
    """What one forward pass gives.

    Parameters
    ----------
    logits : Tensor of shape (n_patients, n_branches, n_outputs)
        Raw outputs, one contribution per branch of the network.
    embedding : Tensor of shape (n_patients, hidden_dim)
        Fused embedding.
    node_embedding : Tensor of shape (n_patients, hidden_dim)
        Embedding after the graph decoder; without decoder the fused embedding.
    attention : Tensor of shape (n_patients, n_modalities)
        Weight of each modality, mean over heads; 0 where unobserved.
    states : list of Tensors of shape (n_patients, hidden_dim)
        Input of each decoder layer; empty without decoder.
    feature_attention : Tensor of shape (n_patients, n_nodes)
        Weight of each feature of the feature graph within its modality, mean over
        heads; 0 where absent. Without a feature encoder, n_nodes is 0.
    source_embedding : Tensor of shape (n_sources, hidden_dim), default=None
        Fused embeddings of the patients that edges start from; None where they are
        `embedding`.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import NetworkOutput
    >>> embedding = torch.zeros(2, 4)
    >>> logits, attention = torch.zeros(2, 1, 3), torch.ones(2, 1)
    >>> NetworkOutput(
    ...     logits, embedding, embedding, attention, [], torch.ones(2, 0)
    ... ).logits.shape
    torch.Size([2, 1, 3])
    """

    logits: Tensor
    embedding: Tensor
    node_embedding: Tensor
    attention: Tensor
    states: list[Tensor]
    feature_attention: Tensor
    source_embedding: Tensor | None = None

    def float(self) -> "NetworkOutput":
        """Return the same in single precision.

        Returns
        -------
        output : NetworkOutput
            Its tensors as float32.
        """
        tensors = {
            name: value.float()
            for name, value in vars(self).items()
            if isinstance(value, Tensor)
        }
        return replace(self, **tensors, states=[state.float() for state in self.states])


class MagnetNetwork(nn.Module):
    """Encode each modality, fuse what is observed, decode on the patient graph.

    Parameters
    ----------
    encoders : dict of str to Module
        Encoder per modality; maps the observed rows of a block, of shape (n, ...), to
        (n, hidden_dim). It sees 0 in cells that are NaN, unless it has a true attribute
        `takes_nan`.
    fusion : Module
        As `PatientModalityAttention`; its attribute `hidden_dim` is the common width.
    head : Module
        Maps embeddings to outputs.
    decoder : Module, default=None
        As `GraphDecoder`. If None, the graph is not used.
    graph_head : Module, default=None
        Maps node embeddings to outputs. With it there are two branches: `head` sees the
        fused embedding and `graph_head` the decoded one, so that the graph adds to a
        prediction that stands without it. Without it there is one branch, and `head`
        sees the decoded embedding (the published wiring).
    feature_encoder : Module, default=None
        As `FeatureGraphEncoder`; encodes the modalities that it names in its
        attribute `modalities`, in place of their encoders. NaN is an absent feature.
    modalities : sequence of str, default=None
        Order of the modalities. If None, that of `encoders`, then those of
        `feature_encoder`.

    Raises
    ------
    ValueError
        If `graph_head` is given without `decoder`.

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from magnet_sklearn.nn import MagnetNetwork, MeanFusion, MLPEncoder
    >>> encoders = {"rna": MLPEncoder(3, 4), "age": MLPEncoder(1, 4)}
    >>> network = MagnetNetwork(encoders, MeanFusion(4), head=nn.Linear(4, 2))
    >>> blocks = {"rna": torch.ones(2, 3), "age": torch.tensor([[0.5], [torch.nan]])}
    >>> output = network(blocks, mask=torch.tensor([[True, True], [True, False]]))
    >>> output.logits.shape, output.attention.tolist()
    (torch.Size([2, 1, 2]), [[0.5, 0.5], [1.0, 0.0]])
    """

    def __init__(
        self,
        encoders: Mapping[str, nn.Module],
        fusion: Fusion,
        head: nn.Module,
        decoder: GraphDecoder | None = None,
        graph_head: nn.Module | None = None,
        feature_encoder: FeatureGraphEncoder | None = None,
        modalities: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        if graph_head is not None and decoder is None:
            raise ValueError(
                "graph_head is given but decoder is None. Pass a decoder, or leave "
                "graph_head out."
            )
        self.encoded_alone = list(encoders)
        self.encoded_together: list[str] = list(
            getattr(feature_encoder, "modalities", [])
        )
        self.modalities = list(
            modalities or [*self.encoded_alone, *self.encoded_together]
        )
        # a list, as a modality's name may hold a dot, which a ModuleDict refuses
        self.encoders = nn.ModuleList(encoders.values())
        self.feature_encoder = feature_encoder
        self.fusion = fusion
        self.hidden_dim = fusion.hidden_dim
        self.head = head
        self.decoder = decoder
        self.graph_head = graph_head
        # what contrastive training needs besides; not part of `forward`
        self.contrast: nn.Module | None = None

    def forward(
        self,
        blocks: Mapping[str, Tensor],
        mask: Tensor,
        edge_index: Tensor | None = None,
        edge_weight: Tensor | None = None,
        references: Sequence[Tensor] | None = None,
    ) -> NetworkOutput:
        """Pass patients through the network.

        Parameters
        ----------
        blocks : dict of str to Tensor of shape (n_patients, ...)
            Block per modality. Rows where the modality is unobserved are ignored, NaN
            included.
        mask : bool Tensor of shape (n_patients, n_modalities)
            True = observed; columns in the order of `modalities`.
        edge_index : int64 Tensor of shape (2, n_edges), default=None
            Source and target of every edge. None means no edge.
        edge_weight : Tensor of shape (n_edges,), default=None
            Edge weights; None means 1 for every edge.
        references : sequence of Tensors, default=None
            `NetworkOutput.states` of the reference patients; sources of edges are
            their rows. If None, sources are rows of this batch.

        Returns
        -------
        output : NetworkOutput
            Logits, embeddings, attention weights and decoder states.

        Raises
        ------
        ValueError
            If `mask` has another number of columns than there are modalities, or an
            encoder returns another width than `hidden_dim`.
        """
        encoded, feature_attention = self.encode(blocks, mask)
        embedding, weights = self.fusion(encoded, mask)
        node_embedding, states = embedding, []
        if self.decoder is not None:
            node_embedding, states = self.decoder(
                embedding, edge_index, edge_weight, references
            )
        if self.graph_head is None:
            branches = [self.head(node_embedding)]
        else:
            branches = [self.head(embedding), self.graph_head(node_embedding)]
        return NetworkOutput(
            logits=torch.stack(branches, dim=1),
            embedding=embedding,
            node_embedding=node_embedding,
            attention=weights.mean(dim=-1),
            states=states,
            feature_attention=feature_attention,
            source_embedding=references[0] if references else None,
        )

    def encode(
        self, blocks: Mapping[str, Tensor], mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Encode each modality by itself.

        Parameters
        ----------
        blocks : dict of str to Tensor of shape (n_patients, ...)
            As in `forward`.
        mask : bool Tensor of shape (n_patients, n_modalities)
            As in `forward`.

        Returns
        -------
        encoded : Tensor of shape (n_patients, n_modalities, hidden_dim)
            Embedding of each modality; meaningless where it is unobserved.
        feature_attention : Tensor of shape (n_patients, n_nodes)
            As in `NetworkOutput`.
        """
        if mask.ndim != 2 or mask.shape[1] != len(self.modalities):
            raise ValueError(
                f"mask has shape {tuple(mask.shape)} but the network has "
                f"{len(self.modalities)} modalities. Pass one column per modality."
            )
        column = {name: number for number, name in enumerate(self.modalities)}
        encoded = {
            name: self._encode_observed(name, encoder, blocks, mask[:, column[name]])
            for name, encoder in zip(self.encoded_alone, self.encoders, strict=True)
        }
        attention = next(self.head.parameters()).new_zeros(len(mask), 0)
        if self.feature_encoder is not None:
            observed = mask[:, [column[name] for name in self.encoded_together]]
            together, attention = self.feature_encoder(blocks, observed)
            encoded |= zip(self.encoded_together, together.unbind(dim=1), strict=True)
        ordered = [encoded[name] for name in self.modalities]
        return torch.stack(ordered, dim=1), attention

    def _encode_observed(
        self,
        name: str,
        encoder: nn.Module,
        blocks: Mapping[str, Tensor],
        observed: Tensor,
    ) -> Tensor:
        weight = next(self.head.parameters())
        zeros = weight.new_zeros(len(observed), self.hidden_dim)
        rows = observed.nonzero().squeeze(1)
        if len(rows) == 0:
            return zeros
        block = blocks[name].index_select(0, rows)
        if not getattr(encoder, "takes_nan", False):
            block = block.nan_to_num(0.0)
        encoded = encoder(block)
        self._check_encoded(name, encoded, len(rows))
        return zeros.index_copy(0, rows, encoded.to(zeros.dtype))

    def _check_encoded(self, name: str, encoded: object, n_rows: int) -> None:
        expected = (n_rows, self.hidden_dim)
        got = tuple(encoded.shape) if isinstance(encoded, Tensor) else type(encoded)
        if got != expected:
            raise ValueError(
                f"The encoder of modality {name!r} returned {got} for {n_rows} "
                f"patients; expected a tensor of shape {expected}. Give its last "
                f"layer {expected[1]} outputs, or set hidden_dim to its width."
            )
